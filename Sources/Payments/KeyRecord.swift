package import JSON

/// What is remembered of a configured key: since when it is known, and the last day it was used. Never the key.
package struct KeyRecord: Sendable {
    package let key: KeyName
    /// When a service first had it in its configuration, milliseconds since the Unix epoch.
    package let firstSeen: Int64
    /// The beginning of the UTC day of its last use, milliseconds since the Unix epoch; nil when it was never used.
    package var lastUsed: Int64?
    /// Members of the stored document that this version does not know.
    private let unknown: [UnknownMember]

    package init(_ key: KeyName, firstSeen: Int64) {
        self.init(key, firstSeen: firstSeen, lastUsed: nil, unknown: [])
    }

    private init(_ key: KeyName, firstSeen: Int64, lastUsed: Int64?, unknown: [UnknownMember]) {
        self.key = key
        self.firstSeen = firstSeen
        self.lastUsed = lastUsed
        self.unknown = unknown
    }
}

/// Which key: a shop's, for one purpose, by the name the configuration gives it.
package struct KeyName: Sendable, Hashable {
    package let shop: ShopID
    package let environment: PaymentEnvironment
    package let purpose: Purpose
    package let name: ID<KeyOwner>

    package enum Purpose: String, Sendable, CaseIterable {
        /// Of the API-key route.
        case purchase
        /// Of the signed routes.
        case egress
    }

    package init(_ shop: Shop, _ purpose: Purpose, _ name: String) {
        self.init(shop: shop.id, environment: shop.environment, purpose: purpose, name: ID(name))
    }

    init(shop: ShopID, environment: PaymentEnvironment, purpose: Purpose, name: ID<KeyOwner>) {
        self.shop = shop
        self.environment = environment
        self.purpose = purpose
        self.name = name
    }

    /// Unambiguous whatever the name holds: no part before it can hold a slash.
    package var document: DocumentID {
        DocumentID("\(environment.rawValue)/\(shop.text)/\(purpose.rawValue)/\(name.text)")
    }
}

package enum KeyOwner: Sendable {}

extension KeyRecord: Document {
    package static let kind = DocumentKind("key")
    private static let schemaVersion: Int64 = 1
    private static let known: [StaticString] = [
        "v", "environment", "shop", "purpose", "name", "firstSeen", "lastUsed",
    ]

    package var id: DocumentID { key.document }

    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("v", KeyRecord.schemaVersion)
        writer.member("environment", key.environment.rawValue)
        writer.member("shop", key.shop.text)
        writer.member("purpose", key.purpose.rawValue)
        writer.member("name", key.name.text)
        writer.member("firstSeen", firstSeen)
        if let lastUsed { writer.member("lastUsed", lastUsed) }
        UnknownMember.write(unknown, to: &writer)
        writer.endObject()
    }

    package init(json: JSONValue) throws(DocumentError) {
        let fields = StoredFields(json, of: "key")
        guard let purpose = KeyName.Purpose(rawValue: try fields.string("purpose")) else {
            throw fields.fault("purpose")
        }
        self.init(
            KeyName(
                shop: ShopID(try fields.string("shop")), environment: try fields.environment("environment"),
                purpose: purpose, name: ID(try fields.string("name"))),
            firstSeen: try fields.integer("firstSeen"), lastUsed: try fields.optionalInteger("lastUsed"),
            unknown: UnknownMember.members(of: json, except: KeyRecord.known))
    }
}
