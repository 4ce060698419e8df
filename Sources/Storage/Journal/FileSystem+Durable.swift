extension FileSystem {
    /// Writes a new file so that its name is never seen without its content: temporary file, fsync, rename, fsync of the
    /// directory (renameio, systemd's write_string_file).
    func writeAtomically(_ bytes: [UInt8], to path: String, in directory: String) throws(FileError) {
        let temporary = "\(path).tmp"
        let file = try open(temporary, .create)
        try file.writeWhole(bytes.span, at: 0)
        try file.fsync()
        try rename(temporary, to: path)
        try fsyncDirectory(directory)
    }

    /// The names in a directory; none when it does not exist.
    func listIfPresent(_ path: String) throws(FileError) -> [String] {
        do throws(FileError) {
            return try list(path)
        } catch {
            guard error.isMissing else { throw error }
            return []
        }
    }

    /// The whole content of a small file; nil when it does not exist.
    func contents(of path: String, atMost limit: Int) throws(FileError) -> [UInt8]? {
        do throws(FileError) {
            var buffer = [UInt8](repeating: 0, count: limit)
            let count = try open(path, .read).readWhole(&buffer, at: 0)
            return Array(buffer.prefix(count))
        } catch {
            guard error.isMissing else { throw error }
            return nil
        }
    }
}
