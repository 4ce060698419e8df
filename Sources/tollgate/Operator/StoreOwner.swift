import Glibc
import Storage

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

    /// Gives what root made in a folder to the folder's owner.
    static func give(_ folder: String) throws(CommandFailure) {
        guard geteuid() == 0 else { return }
        var status = stat()
        guard unsafe stat(folder, &status) == 0, status.st_uid != 0 else { return }
        let files = PosixFileSystem()
        do throws(Storage.FileError) {
            for name in try files.list(folder) {
                let path = "\(folder)/\(name)"
                try change(path, status)
                guard ["journal", "snapshot", "quarantine"].contains(name) else { continue }
                for inner in try files.list(path) { try change("\(path)/\(inner)", status) }
            }
        } catch {
            throw CommandFailure("state \(folder): cannot be given to its owner: \(error.text)")
        }
    }

    private static func change(_ path: String, _ owner: stat) throws(Storage.FileError) {
        guard unsafe lchown(path, owner.st_uid, owner.st_gid) == 0 else {
            throw Storage.FileError("chown", path, errno)
        }
    }
}
