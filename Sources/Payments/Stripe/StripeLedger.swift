package import JSON

/// The one document that knows what there is: how many authorizations were numbered, and what has no known end.
package struct StripeLedger: Sendable {
    /// The last number given.
    package private(set) var lastAuthorization: Int64
    /// Digests of the codes whose exchange is under way or unknown.
    package private(set) var exchanges: [String]
    /// Digests of the accounts Stripe must still be told about.
    package private(set) var deauthorizations: [String]
    let unknown: [UnknownMember]

    /// More without a known end are not begun: an operator has to look first.
    static let outstandingLimit = 1000

    init(
        lastAuthorization: Int64 = 0, exchanges: [String] = [], deauthorizations: [String] = [],
        unknown: [UnknownMember] = []
    ) {
        self.lastAuthorization = lastAuthorization
        self.exchanges = exchanges
        self.deauthorizations = deauthorizations
        self.unknown = unknown
    }

    /// - Throws: `unavailable` when all numbers are used.
    mutating func nextAuthorization() throws(PaymentError) -> StripeAuthorizationID {
        let (next, overflow) = lastAuthorization.addingReportingOverflow(1)
        guard !overflow else { throw PaymentError(.unavailable, "No number is left.") }
        lastAuthorization = next
        return StripeAuthorizationID(next)
    }

    /// - Throws: `unavailable` at the limit.
    mutating func open(exchange: String) throws(PaymentError) {
        guard exchanges.count < StripeLedger.outstandingLimit else {
            throw PaymentError(
                .unavailable, "Too many connections have no known outcome. The operator has to look at them first.")
        }
        if !exchanges.contains(where: exchange.hasSameBytes) { exchanges.append(exchange) }
    }

    mutating func close(exchange: String) {
        exchanges.removeAll(where: exchange.hasSameBytes)
    }

    mutating func open(deauthorization account: String) {
        if !deauthorizations.contains(where: account.hasSameBytes) { deauthorizations.append(account) }
    }

    mutating func close(deauthorization account: String) {
        deauthorizations.removeAll(where: account.hasSameBytes)
    }
}

extension StripeLedger: Document {
    package static let kind = DocumentKind("stripe-ledger")

    package static let only = DocumentKey(kind, DocumentID("all"))

    package var id: DocumentID { StripeLedger.only.id }
    package var key: DocumentKey { StripeLedger.only }

    private static let schemaVersion: Int64 = 1

    private static let known: [StaticString] = ["v", "lastAuthorization", "exchanges", "deauthorizations"]

    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("v", StripeLedger.schemaVersion)
        writer.member("lastAuthorization", lastAuthorization)
        writer.member("exchanges", listing: exchanges)
        writer.member("deauthorizations", listing: deauthorizations)
        UnknownMember.write(unknown, to: &writer)
        writer.endObject()
    }

    package init(json: JSONValue) throws(DocumentError) {
        let fields = StoredFields(json, of: "Stripe ledger")
        self.init(
            lastAuthorization: try fields.integer("lastAuthorization"),
            exchanges: try fields.strings("exchanges"), deauthorizations: try fields.strings("deauthorizations"),
            unknown: UnknownMember.members(of: json, except: StripeLedger.known))
    }
}
