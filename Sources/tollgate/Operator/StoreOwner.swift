import Glibc

/// Whose a state's folder is.
enum StoreOwner {
    /// Makes root the folder's owner for the rest of the process: files that root would make there the service could
    /// not open. Nobody else changes.
    static func become(of folder: String) throws(CommandFailure) {
        guard geteuid() == 0 else { return }
        var status = stat()
        guard unsafe stat(folder, &status) == 0, status.st_uid != 0 else { return }
        // The groups first: afterwards there is no right to change them.
        guard setgroups(0, nil) == 0, setgid(status.st_gid) == 0, setuid(status.st_uid) == 0 else {
            throw CommandFailure("state \(folder): cannot become its owner: \(Errno.current)")
        }
    }
}
