package import JSON

/// One connected account, in one mode: its id, and which authorizations use it.
///
/// It is stored under a digest of its id, and the id itself is sealed, so that no file tells whose account it is.
package struct StripeAccount: Sendable {
    /// SHA-256 of `live:acct_…` or `test:acct_…`.
    package let digest: String
    package let isLive: Bool
    /// `acct_…`; nil once nothing uses it and Stripe knows.
    package internal(set) var sealedID: SealedSecret?
    /// Those that are present, in the order of their connection.
    package private(set) var authorizations: [StripeAuthorizationID]
    /// Set while Stripe must still be told that the platform lets go of it.
    package var deauthorization: Deauthorization?
    /// When Stripe last did as told, milliseconds since the Unix epoch.
    package var deauthorized: Int64?
    let unknown: [UnknownMember]

    package struct Deauthorization: Sendable, Equatable {
        /// The last authorization that used the account.
        package var authorization: StripeAuthorizationID
        package var event: EventID
        /// Since when, milliseconds since the Unix epoch.
        package var since: Int64
        /// How often Stripe could not be told.
        package var failures: Int64
    }

    init(
        digest: String, isLive: Bool, sealedID: SealedSecret? = nil, authorizations: [StripeAuthorizationID] = [],
        deauthorization: Deauthorization? = nil, deauthorized: Int64? = nil, unknown: [UnknownMember] = []
    ) {
        self.digest = digest
        self.isLive = isLive
        self.sealedID = sealedID
        self.authorizations = authorizations
        self.deauthorization = deauthorization
        self.deauthorized = deauthorized
        self.unknown = unknown
    }

    /// What its digest is made of.
    static func name(_ account: StripeAccountID, isLive: Bool) -> String {
        "\(isLive ? "live" : "test"):\(account)"
    }

    package var place: String { "stripe-account:\(digest):id" }

    /// It is wanted after all: nobody must tell Stripe to let go of it any more.
    mutating func add(_ authorization: StripeAuthorizationID) {
        if !authorizations.contains(authorization) { authorizations.append(authorization) }
        deauthorization = nil
    }

    mutating func remove(_ authorization: StripeAuthorizationID) {
        authorizations.removeAll { $0 == authorization }
    }
}

extension StripeAccount: Document {
    package static let kind = DocumentKind("stripe-account")

    package var id: DocumentID { DocumentID(digest) }

    private static let schemaVersion: Int64 = 1

    private static let known: [StaticString] = [
        "v", "digest", "live", "id", "authorizations", "deauthorization", "deauthorized",
    ]

    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("v", StripeAccount.schemaVersion)
        writer.member("digest", digest)
        writer.member("live", isLive)
        if let sealedID { writer.member("id", sealedID.text) }
        writer.name("authorizations")
        writer.beginArray()
        for authorization in authorizations { writer.integer(authorization.number) }
        writer.endArray()
        if let deauthorization {
            writer.name("deauthorization")
            writer.beginObject()
            writer.member("authorization", deauthorization.authorization.number)
            writer.member("event", deauthorization.event.number)
            writer.member("since", deauthorization.since)
            writer.member("failures", deauthorization.failures)
            writer.endObject()
        }
        if let deauthorized { writer.member("deauthorized", deauthorized) }
        UnknownMember.write(unknown, to: &writer)
        writer.endObject()
    }

    package init(json: JSONValue) throws(DocumentError) {
        let fields = StoredFields(json, of: "Stripe account")
        var authorizations: [StripeAuthorizationID] = []
        for element in try fields.array("authorizations") {
            guard let number = element.integer else { throw fields.fault("authorizations") }
            authorizations.append(StripeAuthorizationID(number))
        }
        var deauthorization: Deauthorization?
        if let member = fields["deauthorization"] {
            let fields = StoredFields(member, of: "Stripe deauthorization")
            deauthorization = Deauthorization(
                authorization: try fields.numericID("authorization"), event: try fields.numericID("event"),
                since: try fields.integer("since"), failures: try fields.integer("failures"))
        }
        self.init(
            digest: try fields.string("digest"), isLive: try fields.flag("live"),
            sealedID: try fields.optionalSealed("id"), authorizations: authorizations,
            deauthorization: deauthorization, deauthorized: try fields.optionalInteger("deauthorized"),
            unknown: UnknownMember.members(of: json, except: StripeAccount.known))
    }
}
