/// What makes a purchase one purchase: the idempotency key of everything Stash sends.
package struct PurchaseKey: Sendable {
    package let environment: PaymentEnvironment
    package let shop: ShopID
    package let transaction: TransactionID
    /// Where the purchase is stored. Made once, because every look-up needs it.
    package let document: DocumentKey

    package init(_ shop: Shop, _ transaction: TransactionID) {
        environment = shop.environment
        self.shop = shop.id
        self.transaction = transaction
        document = DocumentKey(Purchase.kind, shop.documentID(transaction.text))
    }

    init(environment: PaymentEnvironment, shop: ShopID, transaction: TransactionID) {
        self.init(Shop(id: shop, environment: environment), transaction)
    }
}
