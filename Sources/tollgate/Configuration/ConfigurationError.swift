/// What is wrong with the configuration, where, and what to do, in the form of `nginx -t`.
struct ConfigurationError: Error, CustomStringConvertible {
    let file: String
    /// 1-based; nil when the fault has no place in the file.
    let position: (line: Int, column: Int)?
    let message: String

    var description: String {
        guard let position else { return "\(file): \(message)" }
        return "\(file):\(position.line):\(position.column): \(message)"
    }
}
