/// Why the server itself answers a request, without or instead of its handler.
package enum Refusal: Error, Sendable, Equatable {
    /// Too much is waiting already: 503 with Retry-After. Nothing was done.
    case overloaded
    /// 413.
    case bodyTooLarge(limitBytes: Int)
    /// The body ended before CONTENT_LENGTH: 400. The connection may be gone already.
    case shortBody
    /// 400, with a sentence for the client.
    case badRequest(String)
    /// What the answer depends on cannot be made durable: 503. The request may have been carried out or not.
    case storageFailed
}
