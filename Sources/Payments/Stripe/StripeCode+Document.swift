package import JSON

extension StripeCode: ShelvedRecord {
    package static let kind = DocumentKind("stripe-code")

    private static let schemaVersion: Int64 = 1

    private static let known: [StaticString] = [
        "v", "digest", "event", "user", "state", "attempt", "started", "ended", "refusal", "authorization",
    ]

    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("v", StripeCode.schemaVersion)
        writer.member("digest", digest)
        writer.member("event", event.number)
        writer.member("user", user.number)
        writer.member("state", state.rawValue)
        writer.member("attempt", attempt)
        writer.member("started", started)
        if let ended { writer.member("ended", ended) }
        if let storedRefusal { writer.member("refusal", storedRefusal) }
        if let authorization { writer.member("authorization", authorization.number) }
        UnknownMember.write(unknown, to: &writer)
        writer.endObject()
    }

    package init(json: JSONValue) throws(DocumentError) {
        let fields = StoredFields(json, of: "Stripe code")
        guard let state = State(rawValue: try fields.string("state")) else { throw fields.fault("state") }
        self.init(
            digest: try fields.string("digest"), event: try fields.numericID("event"),
            user: try fields.numericID("user"), state: state, attempt: try fields.string("attempt"),
            started: try fields.integer("started"), ended: try fields.optionalInteger("ended"),
            refusal: try fields.optionalString("refusal"),
            authorization: try fields.optionalNumericID("authorization"),
            unknown: UnknownMember.members(of: json, except: StripeCode.known))
    }
}
