import API

/// A secret that a command is given in a file: never on the command line, where others can read it.
enum SecretFile {
    /// The file's text without the line ends after it.
    static func read(_ path: String) throws(CommandFailure) -> Secret {
        var bytes: [UInt8]
        do throws(FileError) {
            bytes = try TextFile.read(path, maximumBytes: 4096)
        } catch {
            throw CommandFailure("The key file \(path) cannot be read: \(error.message)")
        }
        while let last = bytes.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard !bytes.isEmpty else { throw CommandFailure("The key file \(path) is empty.") }
        return Secret(bytes)
    }
}
