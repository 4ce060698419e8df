package import JSON

/// A key a merchant's server (secret) or client (publishable) proves itself with. The key itself is not kept: the
/// document is found by its keyed hash.
package struct MerchantKey: Sendable {
    package let id: DocumentID
    package let merchant: MerchantID
    package let use: Use
    /// Unique among the merchant's keys; what logs and operators call it.
    package let name: String
    /// How the key begins, so that people can tell keys apart.
    package let prefix: String
    package var isActive: Bool
    /// Milliseconds since the Unix epoch.
    package let created: Int64
    package var validFrom: Int64?
    /// The first moment it is not valid any more.
    package var validUntil: Int64?
    /// The day it last proved somebody, such as `2026-03-01`: a time would be a write for every request.
    package var lastUsed: String?
    let unknown: [UnknownMember]

    package enum Use: String, Sendable, CaseIterable {
        case secret, publishable
    }

    package init(
        id: DocumentID, merchant: MerchantID, use: Use, name: String, prefix: String, isActive: Bool = true,
        created: Int64, validFrom: Int64? = nil, validUntil: Int64? = nil
    ) {
        self.id = id
        self.merchant = merchant
        self.use = use
        self.name = name
        self.prefix = prefix
        self.isActive = isActive
        self.created = created
        self.validFrom = validFrom
        self.validUntil = validUntil
        unknown = []
    }

    package func isValid(at now: Int64) -> Bool {
        isActive && (validFrom ?? .min) <= now && now < (validUntil ?? .max)
    }

    /// Where a key is found.
    static func document(_ hash: [UInt8]) -> DocumentKey {
        DocumentKey(kind, DocumentID(Hexadecimal.text(hash)))
    }
}

extension MerchantKey: Document {
    package static let kind = DocumentKind("merchant-key")

    private static let schemaVersion: Int64 = 1
    private static let known: [StaticString] = [
        "v", "id", "merchant", "use", "name", "prefix", "active", "created", "validFrom", "validUntil", "lastUsed",
    ]

    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("v", MerchantKey.schemaVersion)
        writer.member("id", id.text)
        writer.member("merchant", merchant.text)
        writer.member("use", use.rawValue)
        writer.member("name", name)
        writer.member("prefix", prefix)
        writer.member("active", isActive)
        writer.member("created", created)
        writer.member("validFrom", ifPresent: validFrom)
        writer.member("validUntil", ifPresent: validUntil)
        writer.member("lastUsed", ifPresent: lastUsed)
        UnknownMember.write(unknown, to: &writer)
        writer.endObject()
    }

    package init(json: JSONValue) throws(DocumentError) {
        let fields = StoredFields(json, of: "merchant's key")
        id = DocumentID(try fields.string("id"))
        merchant = MerchantID(try fields.string("merchant"))
        use = try fields.value("use")
        name = try fields.string("name")
        prefix = try fields.string("prefix")
        isActive = try fields.flag("active")
        created = try fields.integer("created")
        validFrom = try fields.optionalInteger("validFrom")
        validUntil = try fields.optionalInteger("validUntil")
        lastUsed = try fields.optionalString("lastUsed")
        unknown = UnknownMember.members(of: json, except: MerchantKey.known)
    }
}
