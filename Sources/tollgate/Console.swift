import FastCGI
import Glibc
import JSON

/// What a command prints.
enum Console {
    /// One JSON value, indented, on standard output.
    static func output(_ json: [UInt8]) {
        // What does not parse would be our own mistake; it is shown as it is.
        let pretty = (try? JSONDocument(parsing: json, limits: JSONLimits(nodes: .max, bytes: .max))).map {
            JSONText.pretty($0.root)
        }
        print(String(decoding: pretty ?? json, as: UTF8.self))
    }

    /// What is said to people beside the result.
    static func error(_ text: String) {
        // Nobody is left to tell when standard error cannot be written.
        _ = SystemCall.writeWhole(Array("\(text)\n".utf8), to: STDERR_FILENO)
    }
}

/// A failure of a command, in a sentence. ArgumentParser prints it and exits with 1.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
