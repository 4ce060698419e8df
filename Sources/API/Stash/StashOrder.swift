import JSON
import Payments

/// What register and confirm share: the items, the currency, and what is kept for support.
extension WireObject {
    func playerID() throws(PaymentError) -> PlayerID {
        if let player: PlayerID = try optionalID(WireName("playerId", "player_id")) { return player }
        // The README of Stash's published contract still says user_id.
        if let user: PlayerID = try optionalID(WireName("userId", "user_id")) { return user }
        throw fault("playerId", "is required")
    }

    func transactionID() throws(PaymentError) -> TransactionID {
        try id(WireName("transactionId", "transaction_id"))
    }

    /// Three letters, made upper case: Stash's webhooks write `usd` where its calls write `USD`.
    func currency() throws(PaymentError) -> String {
        guard let text = try optionalText("currency") else { throw fault("currency", "is required") }
        guard text.utf8.count == 3, text.utf8.allSatisfy({ (0x41...0x5A).contains($0 & 0xDF) }) else {
            throw fault("currency", "must be a three-letter ISO 4217 code")
        }
        return text.uppercased()
    }

    /// The items of a register or confirm.
    ///
    /// - Parameter allowsZeros: a register answers a zero price or quantity with a status per item; a confirm refuses.
    func orderItems(_ list: WireName, allowsZeros: Bool) throws(PaymentError) -> [OrderItem] {
        let items = try self.list(list) { object throws(PaymentError) in
            let item = OrderItem(
                guid: try object.optionalID("guid"),
                product: try object.optionalID(WireName("productId", "product_id")),
                quantity: allowsZeros ? try object.uint32("quantity") : try object.positiveUInt32("quantity"),
                cents: allowsZeros ? try object.uint32("cents") : try object.positiveUInt32("cents"))
            guard item.product != nil || item.guid != nil else { throw object.fault("productId", "is required") }
            return item
        }
        guard !items.isEmpty else { throw fault(list, "must not be empty") }
        return items
    }

    /// What is kept for support. Nothing is decided by it, so what cannot be used is left out (`try?`): it is no reason
    /// to lose a sale.
    func details(of caller: ShopCaller) -> PurchaseDetails {
        var details = caller.details
        let digits = try? optionalUInt32(WireName("decimalPlaces", "decimal_places"))
        details.decimalPlaces = digits.flatMap { $0 <= 18 ? Int64($0) : nil }
        details.checkoutLink = try? optionalText(WireName("checkoutLinkId", "checkout_link_id"))
        details.platform = try? optionalEnum("platform")
        details.source = try? optionalEnum("source")
        details.paymentMethod = try? optionalEnum(WireName("paymentMethodType", "payment_method_type"))
        details.region = try? optionalText("region")
        if let loyalty = try? value("loyalty"), loyalty.kind == .object, !loyalty.holdsNUL {
            details.loyalty = Array(loyalty.bytes)
        }
        return details
    }

    /// Throws for what belongs to another shop or environment than the key that signed it: test traffic must never reach
    /// production stock, nor one shop's another's. Absent, or an environment we do not know, means the key's own.
    func checkBelongs(to shop: Shop) throws(PaymentError) {
        if let named: ShopID = try optionalID(WireName("shopId", "shop_id")), named != shop.id {
            throw fault(WireName("shopId", "shop_id"), "is not the shop this key belongs to")
        }
        let environment: PaymentEnvironment? =
            switch try optionalEnum("environment") {
            case "PAYMENT_ENVIRONMENT_TEST", "1": .test
            case "PAYMENT_ENVIRONMENT_PRODUCTION", "2": .production
            default: nil
            }
        if let environment, environment != shop.environment {
            throw fault("environment", "is not the one this key belongs to (\(shop.environment.rawValue))")
        }
    }
}
