package import JSON

extension StripeAuthorization: Document {
    package static let kind = DocumentKind("stripe-authorization")

    package var id: DocumentID { StripeAuthorization.documentID(number) }

    static func documentID(_ number: StripeAuthorizationID) -> DocumentID {
        DocumentID(number.description)
    }

    private static let schemaVersion: Int64 = 1

    private static let known: [StaticString] = [
        "v", "number", "event", "live", "state", "account", "scope", "publishableKey", "accessToken", "refreshToken",
        "connectedBy", "created", "connected", "ended",
    ]

    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("v", StripeAuthorization.schemaVersion)
        writer.member("number", number.number)
        writer.member("event", event.number)
        writer.member("live", isLive)
        writer.member("state", state.rawValue)
        writer.member("account", account)
        if let scope { writer.member("scope", scope) }
        if let publishableKey { writer.member("publishableKey", publishableKey) }
        if let accessToken { writer.member("accessToken", accessToken.text) }
        if let refreshToken { writer.member("refreshToken", refreshToken.text) }
        writer.member("connectedBy", connectedBy.number)
        writer.member("created", history.created)
        writer.member("connected", history.connected)
        if let ended = history.ended { writer.member("ended", ended) }
        UnknownMember.write(unknown, to: &writer)
        writer.endObject()
    }

    package init(json: JSONValue) throws(DocumentError) {
        let fields = StoredFields(json, of: "Stripe authorization")
        guard let state = State(rawValue: try fields.string("state")) else { throw fields.fault("state") }
        let credentials = Credentials(
            account: try fields.string("account"), scope: try fields.optionalString("scope"),
            publishableKey: try fields.optionalString("publishableKey"),
            accessToken: try fields.optionalSealed("accessToken"),
            refreshToken: try fields.optionalSealed("refreshToken"))
        let history = History(
            created: try fields.integer("created"), connected: try fields.integer("connected"),
            ended: try fields.optionalInteger("ended"))
        self.init(
            number: try fields.numericID("number"), event: try fields.numericID("event"),
            isLive: try fields.flag("live"), state: state, credentials: credentials,
            connectedBy: try fields.numericID("connectedBy"), history: history,
            unknown: UnknownMember.members(of: json, except: StripeAuthorization.known))
    }
}
