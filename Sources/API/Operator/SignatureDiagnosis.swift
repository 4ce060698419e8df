package import Payments

/// Says which key made a signature and in which way, or the likeliest reason why none did. For people who look into a
/// refused call; the service itself never tries what this tries.
package struct SignatureDiagnosis: Sendable {
    /// How far a timestamp may be from the clock, either way.
    package static let windowMilliseconds = StashSignature.windowMilliseconds

    /// What was signed with what. The fewer `causes`, the likelier it is what happened.
    package struct Match: Sendable {
        package let keyName: String
        package let shop: Shop?
        package let reading: String
        /// Why the service refuses it, a sentence each; empty when it accepts.
        package let causes: [String]
        /// What the service puts up with.
        package let notes: [String]
    }

    /// `v1` or `legacy`, as the header that counts is; nil when no header can be read.
    package let scheme: Caller.Scheme?
    package let namedShop: String?
    /// The signature's time, milliseconds since the Unix epoch.
    package let timestamp: Int64?
    /// nil when no key made any of the signatures.
    package let match: Match?
    /// How many combinations were tried.
    package let attempts: Int

    package var isAccepted: Bool { match?.causes.isEmpty ?? false }

    /// - Parameters:
    ///   - v1: the value of `x-stash-hmac-signature`, if it was sent.
    ///   - legacy: the value of `stash-hmac-signature`, if it was sent.
    ///   - isPasted: whether a line end after the body may come from an editor.
    ///   - now: the moment to judge the timestamp at, milliseconds since the Unix epoch.
    package init(
        v1: String?, legacy: String?, body: [UInt8], isPasted: Bool, candidates: [SignatureCandidate], now: Int64
    ) {
        let claims = SignatureClaim.claims(v1: v1, legacy: legacy)
        let texts = SignedText.candidates(for: body, isPasted: isPasted)
        var search = SignatureSearch(hasV1Header: v1 != nil, now: now)
        for claim in claims {
            for candidate in candidates { search.look(claim, candidate, texts, others: claims) }
        }
        let first = claims.first
        scheme = first?.scheme
        namedShop = first?.shop
        timestamp = claims.compactMap { $0.time?.milliseconds }.first
        match = search.best
        attempts = search.attempts
    }
}
