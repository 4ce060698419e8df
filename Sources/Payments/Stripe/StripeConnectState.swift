package import JSON

/// The `state` of one connection in the browser, stored under its digest: good once, for ten minutes, for one user and
/// one event.
package struct StripeConnectState: Sendable {
    package let digest: String
    package let event: EventID
    package let user: UserID
    package let isLive: Bool
    /// Milliseconds since the Unix epoch.
    package let expires: Int64
    package private(set) var consumed: Int64?
    let unknown: [UnknownMember]

    static let lifetimeMilliseconds: Int64 = 10 * 60 * 1000

    init(
        digest: String, event: EventID, user: UserID, isLive: Bool, expires: Int64, consumed: Int64? = nil,
        unknown: [UnknownMember] = []
    ) {
        self.digest = digest
        self.event = event
        self.user = user
        self.isLive = isLive
        self.expires = expires
        self.consumed = consumed
        self.unknown = unknown
    }

    /// Whether it is worth nothing any more, consumed or not.
    func isOver(at now: Int64) -> Bool { now >= expires }

    /// - Throws: `stateInvalid` when it was consumed, is too old, or is not this user's.
    mutating func consume(by user: UserID?, isLive: Bool, now: Int64) throws(PaymentError) {
        guard consumed == nil, !isOver(at: now), isLive == self.isLive, user ?? self.user == self.user else {
            throw .stateInvalid
        }
        consumed = now
    }
}

extension StripeConnectState: ShelvedRecord {
    package static let kind = DocumentKind("stripe-state")

    private static let schemaVersion: Int64 = 1

    private static let known: [StaticString] = ["v", "digest", "event", "user", "live", "expires", "consumed"]

    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("v", StripeConnectState.schemaVersion)
        writer.member("digest", digest)
        writer.member("event", event.number)
        writer.member("user", user.number)
        writer.member("live", isLive)
        writer.member("expires", expires)
        if let consumed { writer.member("consumed", consumed) }
        UnknownMember.write(unknown, to: &writer)
        writer.endObject()
    }

    package init(json: JSONValue) throws(DocumentError) {
        let fields = StoredFields(json, of: "Stripe state")
        self.init(
            digest: try fields.string("digest"), event: try fields.numericID("event"),
            user: try fields.numericID("user"), isLive: try fields.flag("live"),
            expires: try fields.integer("expires"), consumed: try fields.optionalInteger("consumed"),
            unknown: UnknownMember.members(of: json, except: StripeConnectState.known))
    }
}
