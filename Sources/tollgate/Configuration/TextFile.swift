import Glibc

/// Why a file could not be read, as a sentence.
struct FileError: Error {
    let message: String
}

/// Small files read whole.
enum TextFile {
    static func read(_ path: String, maximumBytes: Int) throws(FileError) -> [UInt8] {
        let descriptor = unsafe path.withCString { unsafe open($0, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw FileError(message: reason()) }
        defer { close(descriptor) }
        return try read(descriptor, maximumBytes: maximumBytes)
    }

    /// A file, or standard input when the path is `-`.
    static func input(_ path: String, maximumBytes: Int) throws(CommandFailure) -> [UInt8] {
        do throws(FileError) {
            guard path == "-" else { return try read(path, maximumBytes: maximumBytes) }
            return try read(STDIN_FILENO, maximumBytes: maximumBytes)
        } catch {
            throw CommandFailure("\(path == "-" ? "Standard input" : path) cannot be read: \(error.message)")
        }
    }

    private static func read(_ descriptor: Int32, maximumBytes: Int) throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileError(message: reason()) }
            if count == 0 { return bytes }
            bytes.append(contentsOf: buffer[..<count])
            guard bytes.count <= maximumBytes else {
                throw FileError(message: "the file is larger than \(maximumBytes) bytes")
            }
        }
    }

    static func exists(_ path: String) -> Bool {
        unsafe path.withCString { unsafe access($0, F_OK) } == 0
    }

    static func isReadableByOthers(_ path: String) -> Bool {
        var status = stat()
        guard unsafe path.withCString({ unsafe stat($0, &status) }) == 0 else { return false }
        return status.st_mode & S_IROTH != 0
    }

    private static func reason() -> String {
        String(describing: Errno.current)
    }
}

/// The calling thread's last system error, as a sentence.
struct Errno: CustomStringConvertible {
    let code: Int32

    static var current: Errno { Errno(code: errno) }

    var description: String {
        guard let text = unsafe strerror(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }
}

/// The machine's groups.
enum SystemGroup {
    static func exists(_ name: String) -> Bool {
        unsafe getgrnam(name) != nil
    }
}

/// The process's environment.
enum Environment {
    /// The variable's value; nil when it is not set or empty.
    static func value(_ name: String) -> String? {
        guard let text = unsafe getenv(name) else { return nil }
        let value = unsafe String(cString: text)
        return value.isEmpty ? nil : value
    }
}
