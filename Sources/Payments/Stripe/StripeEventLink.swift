package import JSON

/// An event's one place for a Stripe authorization, in one mode: which it has, and which exchange it last began.
package struct StripeEventLink: Sendable {
    package let event: EventID
    package let isLive: Bool
    package var authorization: StripeAuthorizationID?
    /// The digest of the code whose exchange has no known end yet; whether it is still under way, the code's own
    /// document and the process know.
    package var exchange: String?
    let unknown: [UnknownMember]

    init(
        event: EventID, isLive: Bool, authorization: StripeAuthorizationID? = nil, exchange: String? = nil,
        unknown: [UnknownMember] = []
    ) {
        self.event = event
        self.isLive = isLive
        self.authorization = authorization
        self.exchange = exchange
        self.unknown = unknown
    }

    static func key(_ event: EventID, isLive: Bool) -> DocumentKey {
        DocumentKey(kind, DocumentID("\(isLive ? "live" : "test")/\(event)"))
    }
}

extension StripeEventLink: Document {
    package static let kind = DocumentKind("stripe-event")

    package var id: DocumentID { key.id }
    package var key: DocumentKey { StripeEventLink.key(event, isLive: isLive) }

    private static let schemaVersion: Int64 = 1

    private static let known: [StaticString] = ["v", "event", "live", "authorization", "exchange"]

    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("v", StripeEventLink.schemaVersion)
        writer.member("event", event.number)
        writer.member("live", isLive)
        if let authorization { writer.member("authorization", authorization.number) }
        if let exchange { writer.member("exchange", exchange) }
        UnknownMember.write(unknown, to: &writer)
        writer.endObject()
    }

    package init(json: JSONValue) throws(DocumentError) {
        let fields = StoredFields(json, of: "Stripe event")
        self.init(
            event: try fields.numericID("event"), isLive: try fields.flag("live"),
            authorization: try fields.optionalNumericID("authorization"),
            exchange: try fields.optionalString("exchange"),
            unknown: UnknownMember.members(of: json, except: StripeEventLink.known))
    }
}
