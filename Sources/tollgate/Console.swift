import Glibc

/// What a command says to people beside its result.
enum Console {
    static func error(_ text: String) {
        let line = Array("\(text)\n".utf8)
        // Nobody is left to tell when standard error cannot be written.
        _ = unsafe line.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

/// A failure of a command, in a sentence. ArgumentParser prints it and exits with 1.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
