/// What makes a purchase one purchase: the idempotency key of everything Stash sends.
package struct PurchaseKey: Hashable, Sendable {
    package let environment: PaymentEnvironment
    package let shop: ShopID
    package let transaction: TransactionID

    package init(environment: PaymentEnvironment, shop: ShopID, transaction: TransactionID) {
        self.environment = environment
        self.shop = shop
        self.transaction = transaction
    }

    package init(_ shop: Shop, _ transaction: TransactionID) {
        self.init(environment: shop.environment, shop: shop.id, transaction: transaction)
    }

    /// Unambiguous although `transaction` may hold anything: the first two parts cannot hold a slash.
    package var documentID: DocumentID {
        DocumentID("\(environment.rawValue)/\(shop.text)/\(transaction.text)")
    }

    var documentKey: DocumentKey {
        DocumentKey(Purchase.kind, documentID)
    }
}
