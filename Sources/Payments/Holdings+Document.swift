package import JSON

extension Holdings: Document {
    package static let kind = DocumentKind("player")

    package var id: DocumentID { key.id }

    private static let schemaVersion: Int64 = 1

    private static let known: [StaticString] = ["v", "environment", "shop", "player", "items", "purchases"]

    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("v", Holdings.schemaVersion)
        writer.member("environment", environment.rawValue)
        writer.member("shop", shop.text)
        writer.member("player", player.text)
        Grant.write(items, as: "items", to: &writer)
        writer.member("purchases", purchases)
        UnknownMember.write(unknown, to: &writer)
        writer.endObject()
    }

    package init(json: JSONValue) throws(DocumentError) {
        let fields = StoredFields(json, of: "player")
        let shop = Shop(id: ShopID(try fields.string("shop")), environment: try fields.environment("environment"))
        let player = PlayerID(try fields.string("player"))
        self.init(
            shop, player, key: Holdings.key(shop, player), items: try Grant.list("items", in: fields),
            purchases: try fields.integer("purchases"), unknown: UnknownMember.members(of: json, except: Holdings.known)
        )
    }
}
