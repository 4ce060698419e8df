package import JSON

extension Purchase: Document {
    package static let kind = DocumentKind("purchase")

    package var id: DocumentID { key.id }
    package var key: DocumentKey { purchaseKey.document }

    /// What is registered will be confirmed or cancelled; after that only a repetition asks for it.
    package var isSettled: Bool { state != .registered }

    private static let schemaVersion: Int64 = 1

    private static let known: [StaticString] = [
        "v", "environment", "shop", "transaction", "player", "state", "currency", "items", "tax", "total", "bonus",
        "registered", "expires", "confirmed", "cancelled", "key", "scheme", "reading", "skew", "decimalPlaces",
        "completed", "checkoutLink", "platform", "source", "paymentMethod", "region", "loyalty",
    ]

    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("v", Purchase.schemaVersion)
        writer.member("environment", purchaseKey.environment.rawValue)
        writer.member("shop", purchaseKey.shop.text)
        writer.member("transaction", purchaseKey.transaction.text)
        writer.member("player", player.text)
        writer.member("state", state.rawValue)
        order.write(to: &writer)
        if let registered = history.registered { writer.member("registered", registered) }
        if let expires = history.expires { writer.member("expires", expires) }
        if let confirmed = history.confirmed { writer.member("confirmed", confirmed) }
        if let cancelled = history.cancelled { writer.member("cancelled", cancelled) }
        details.write(to: &writer)
        UnknownMember.write(unknown, to: &writer)
        writer.endObject()
    }

    package init(json: JSONValue) throws(DocumentError) {
        let fields = StoredFields(json, of: "purchase")
        let key = PurchaseKey(
            environment: try fields.environment("environment"), shop: ShopID(try fields.string("shop")),
            transaction: TransactionID(try fields.string("transaction")))
        guard let state = State(rawValue: try fields.string("state")) else { throw fields.fault("state") }
        var history = History()
        history.registered = try fields.optionalInteger("registered")
        history.expires = try fields.optionalInteger("expires")
        history.confirmed = try fields.optionalInteger("confirmed")
        history.cancelled = try fields.optionalInteger("cancelled")
        self.init(
            purchaseKey: key, player: PlayerID(try fields.string("player")), order: try Order(fields), state: state,
            history: history, details: try PurchaseDetails(fields),
            unknown: UnknownMember.members(of: json, except: Purchase.known))
    }
}

extension Order {
    fileprivate func write(to writer: inout JSONWriter) {
        if !currency.isEmpty { writer.member("currency", currency) }
        writer.name("items")
        writer.beginArray()
        let items = items.span
        for index in items.indices {
            writer.beginObject()
            if let guid = items[index].guid { writer.member("guid", guid.text) }
            if let product = items[index].product { writer.member("product", product.text) }
            writer.member("quantity", Int64(items[index].quantity))
            if items[index].cents != 0 { writer.member("cents", Int64(items[index].cents)) }
            writer.endObject()
        }
        writer.endArray()
        if tax != 0 { writer.member("tax", Int64(tax)) }
        if let total { writer.member("total", Int64(total)) }
        Grant.write(bonus, as: "bonus", to: &writer)
    }

    fileprivate init(_ fields: StoredFields) throws(DocumentError) {
        var items: [OrderItem] = []
        for element in try fields.array("items") {
            let item = StoredFields(element, of: "purchase item")
            items.append(
                OrderItem(
                    guid: try item.optionalString("guid").map { ItemID($0) },
                    product: try item.optionalString("product").map { ItemID($0) },
                    quantity: try item.unsigned("quantity"), cents: try item.optionalUnsigned("cents") ?? 0))
        }
        self.init(
            currency: try fields.optionalString("currency") ?? "", items: items,
            bonus: try Grant.list("bonus", in: fields), total: try fields.optionalUnsigned("total"),
            tax: try fields.optionalUnsigned("tax") ?? 0)
    }
}

extension PurchaseDetails {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.member("key", keyName)
        writer.member("scheme", scheme)
        if let reading { writer.member("reading", reading) }
        if let skewMilliseconds { writer.member("skew", skewMilliseconds) }
        if let decimalPlaces { writer.member("decimalPlaces", decimalPlaces) }
        if let completedAt { writer.member("completed", completedAt) }
        if let checkoutLink { writer.member("checkoutLink", checkoutLink) }
        if let platform { writer.member("platform", platform) }
        if let source { writer.member("source", source) }
        if let paymentMethod { writer.member("paymentMethod", paymentMethod) }
        if let region { writer.member("region", region) }
        if let loyalty {
            writer.name("loyalty")
            writer.raw(loyalty)
        }
    }

    fileprivate init(_ fields: StoredFields) throws(DocumentError) {
        self.init(keyName: try fields.string("key"), scheme: try fields.string("scheme"))
        reading = try fields.optionalString("reading")
        skewMilliseconds = try fields.optionalInteger("skew")
        decimalPlaces = try fields.optionalInteger("decimalPlaces")
        completedAt = try fields.optionalInteger("completed")
        checkoutLink = try fields.optionalString("checkoutLink")
        platform = try fields.optionalString("platform")
        source = try fields.optionalString("source")
        paymentMethod = try fields.optionalString("paymentMethod")
        region = try fields.optionalString("region")
        loyalty = fields["loyalty"].map { Array($0.bytes) }
    }
}
