/// Why the server could not be set up, in a sentence an operator can act on.
package struct FastCGIError: Error, Sendable, CustomStringConvertible {
    package let message: String

    package init(_ message: String) {
        self.message = message
    }

    package var description: String { message }
}
