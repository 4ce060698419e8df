/// What became of a request. Everything but `answered` leaves open what the server did, except `neverSent`.
enum HTTPOutcome: Sendable {
    case answered(HTTPAnswer)
    /// Nothing of the request left this machine: no name, no connection, no trusted certificate, no libcurl.
    case neverSent(reason: String)
    /// The request may have arrived.
    case maybeSent(HTTPFailure, reason: String)
}

/// Why a request that may have arrived has no answer we can use.
enum HTTPFailure: String, Sendable {
    /// No whole answer in time.
    case timedOut
    /// The connection ended first, or what came is not HTTP.
    case broken
    /// More than we are ready to read.
    case tooLarge
}

/// An answer that was read whole.
struct HTTPAnswer: Sendable {
    let status: Int
    let body: [UInt8]
    /// Stripe's name for this request; printable ASCII, at most 100 bytes.
    let requestID: String?
    /// `Idempotent-Replayed: true`: the stored answer of an earlier request with the same key.
    let isReplayed: Bool
    /// `Stripe-Should-Retry`; nil when Stripe does not say.
    let shouldRetry: Bool?
}
