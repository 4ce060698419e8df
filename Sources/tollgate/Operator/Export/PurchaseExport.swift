import Payments

/// A purchase as a line of an export.
enum PurchaseExport {
    static let columns = [
        "transaction", "player", "environment", "shop", "state", "decided", "registered", "expires", "confirmed",
        "cancelled", "currency", "total", "tax", "items", "bonus", "key", "scheme", "reading", "skew_ms", "platform",
        "source", "payment_method", "region", "checkout_link",
    ]

    static func rows(_ purchase: Purchase, now: Int64) -> [ExportRow] {
        let history = purchase.history
        let details = purchase.details
        let order = purchase.order
        let decided = history.confirmed ?? history.cancelled ?? history.registered ?? 0
        let items = order.items.map { item in
            ExportValue.Item(
                id: item.granted.text, quantity: Int64(item.quantity), cents: item.cents == 0 ? nil : Int64(item.cents))
        }
        let bonus = order.bonus.map { ExportValue.Item(id: $0.item.text, quantity: $0.quantity, cents: nil) }
        let values: [ExportValue] = [
            .text(purchase.purchaseKey.transaction.text), .text(purchase.player.text),
            .text(purchase.purchaseKey.environment.rawValue), .text(purchase.purchaseKey.shop.text),
            .text(PurchaseStatus(purchase, now: now).rawValue), .moment(decided), .init(moment: history.registered),
            .init(moment: history.expires), .init(moment: history.confirmed), .init(moment: history.cancelled),
            order.currency.isEmpty ? .none : .text(order.currency), .init(order.total.map(Int64.init)),
            order.total == nil ? .none : .number(Int64(order.tax)), .items(items), .items(bonus),
            .text(details.keyName), .text(details.scheme), .init(details.reading), .init(details.skewMilliseconds),
            .init(details.platform), .init(details.source), .init(details.paymentMethod), .init(details.region),
            .init(details.checkoutLink),
        ]
        return [ExportRow(at: decided, values: values)]
    }
}
