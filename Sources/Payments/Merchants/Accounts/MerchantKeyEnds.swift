package import JSON

/// When merchants' keys end, for those that do: what the metrics show. Each key says so itself too, but the repository
/// finds keys by their hashes only.
package struct MerchantKeyEnds: Sendable {
    package private(set) var ends: [End]
    let unknown: [UnknownMember]

    /// A key that will not be accepted any more from a moment on.
    package struct End: Sendable, Equatable {
        package let merchant: MerchantID
        package let use: MerchantKey.Use
        package let name: String
        /// Milliseconds since the Unix epoch.
        package let until: Int64

        package init(merchant: MerchantID, use: MerchantKey.Use, name: String, until: Int64) {
            self.merchant = merchant
            self.use = use
            self.name = name
            self.until = until
        }
    }

    /// More would be more series than anybody looks at.
    static let limit = 1000
    /// How long an end that is past is shown: whoever missed it should see it.
    static let keptMilliseconds: Int64 = 90 * 86_400_000

    init(ends: [End] = [], unknown: [UnknownMember] = []) {
        self.ends = ends
        self.unknown = unknown
    }

    /// - Throws: `invalid` when there are too many.
    mutating func add(_ end: End, at now: Int64) throws(PaymentError) {
        // From the clock's side: what is asked for may be any moment, and must not overflow.
        let oldest = now - MerchantKeyEnds.keptMilliseconds
        ends.removeAll { $0.until < oldest }
        guard ends.count < MerchantKeyEnds.limit else {
            throw .invalid("validUntil", "is given for \(MerchantKeyEnds.limit) keys already: deactivate some of them")
        }
        ends.append(end)
    }

    mutating func remove(_ name: String, of merchant: MerchantID) {
        ends.removeAll { $0.merchant == merchant && $0.name.hasSameBytes(as: name) }
    }
}

extension MerchantKeyEnds: Document {
    package static let kind = DocumentKind("merchant-key-ends")

    package static let only = DocumentKey(kind, DocumentID("all"))

    package var id: DocumentID { MerchantKeyEnds.only.id }
    package var key: DocumentKey { MerchantKeyEnds.only }

    private static let schemaVersion: Int64 = 1
    private static let known: [StaticString] = ["v", "ends"]

    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("v", MerchantKeyEnds.schemaVersion)
        writer.name("ends")
        writer.beginArray()
        for end in ends {
            writer.beginObject()
            writer.member("merchant", end.merchant.text)
            writer.member("use", end.use.rawValue)
            writer.member("name", end.name)
            writer.member("until", end.until)
            writer.endObject()
        }
        writer.endArray()
        UnknownMember.write(unknown, to: &writer)
        writer.endObject()
    }

    package init(json: JSONValue) throws(DocumentError) {
        let fields = StoredFields(json, of: "list of keys with an end")
        var ends: [End] = []
        for element in try fields.array("ends") {
            let end = StoredFields(element, of: "key with an end")
            ends.append(
                End(
                    merchant: MerchantID(try end.string("merchant")), use: try end.value("use"),
                    name: try end.string("name"), until: try end.integer("until")))
        }
        self.init(ends: ends, unknown: UnknownMember.members(of: json, except: MerchantKeyEnds.known))
    }
}

extension MerchantKeyEnds {
    /// The keys of all merchants that have an end, those whose end is past for less than ninety days among them.
    package static func all(in repository: any Repository) throws(PaymentError) -> [End] {
        try repository.transaction(reading: [only]) { transaction throws(PaymentError) in
            try transaction.get(MerchantKeyEnds.self, only)?.ends ?? []
        }.result
    }
}
