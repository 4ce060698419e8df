/// What the service needs from the world around it, handed in so that a test decides it.
package struct StripeSurroundings: Sendable {
    let clock: Clock
    /// SHA-256 as 64 lower-case hexadecimal digits.
    let digest: @Sendable ([UInt8]) -> String
    /// A new text that nobody can guess: 128 bits or more, base64url.
    let randomToken: @Sendable () -> String
    /// Puts the calling thread to sleep for that many milliseconds.
    let pause: @Sendable (Int) -> Void
    /// Tells the operator, through the log.
    let report: @Sendable (StripeNotice) -> Void

    package init(
        clock: Clock, digest: @escaping @Sendable ([UInt8]) -> String, randomToken: @escaping @Sendable () -> String,
        pause: @escaping @Sendable (Int) -> Void, report: @escaping @Sendable (StripeNotice) -> Void
    ) {
        self.clock = clock
        self.digest = digest
        self.randomToken = randomToken
        self.pause = pause
        self.report = report
    }

    func digest(of text: String) -> String {
        digest(Array(text.utf8))
    }
}
