/// What the server calls for every request; the API room conforms to it.
///
/// Called from several threads at once. `handle` must not block: what waits for others goes into `Outcome.blocking`.
package protocol RequestHandler: Sendable {
    func handle(_ request: Request) -> Outcome

    /// The answer, in the form its caller understands, when the server itself refuses.
    ///
    /// - Parameter request: without its headers where its form is the reason, and with U+FFFD for what cannot be read
    ///   of its path; nil when it has no path.
    func refuse(_ reason: Refusal, _ request: Request?) -> Response

    /// The answer has left, or its peer has gone.
    ///
    /// - Parameter durationNanoseconds: from the first byte read.
    func didSend(_ response: Response, durationNanoseconds: UInt64)
}

extension RequestHandler {
    package func didSend(_ response: Response, durationNanoseconds: UInt64) {}
}
