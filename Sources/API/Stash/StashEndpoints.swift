package import Logging
package import Payments

/// What Stash's calls run: one method for each, in the file of its endpoint.
package struct StashEndpoints: Sendable {
    let purchases: PurchaseService
    let logger: Logger

    package init(purchases: PurchaseService, logger: Logger) {
        self.purchases = purchases
        self.logger = logger
    }

    func warnAboutTotal(of transaction: TransactionID, in shop: Shop) {
        logger.warning(
            "total is not the sum of the items and the tax",
            metadata: ["shop": "\(shop.id)", "transaction": "\(transaction)"])
    }
}
