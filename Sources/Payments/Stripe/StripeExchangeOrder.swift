/// One code to exchange: for an event that has no authorization, or in place of the credentials it has.
struct StripeExchangeOrder: Sendable {
    let code: String
    /// What the code is stored as.
    let digest: String
    let event: EventID
    let user: UserID
    /// The authorization whose credentials are replaced; nil when the event must have none.
    let replaced: StripeAuthorizationID?
    let settings: StripeAuthorizationSettings
    /// Tells this attempt from all others, of this process and of those before it.
    let attempt: String

    /// Codes have some 35 bytes. More than this is nonsense, and no reason to keep a worker busy.
    static let codeLimit = 1000

    /// What the transactions around the exchange read.
    var keys: [DocumentKey] {
        [
            StripeEventLink.key(event, isLive: settings.isLive), Shelf<StripeCode>.key(digest),
            StripeLedger.only,
        ]
    }
}
