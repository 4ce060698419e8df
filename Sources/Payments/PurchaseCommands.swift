/// A validated call about one purchase: who buys what, in which transaction, and who vouches for it.
package struct PurchaseCommand: Sendable {
    package var transaction: TransactionID
    package var player: PlayerID
    package var order: Order
    package var details: PurchaseDetails

    package init(transaction: TransactionID, player: PlayerID, order: Order, details: PurchaseDetails) {
        self.transaction = transaction
        self.player = player
        self.order = order
        self.details = details
    }
}

/// A validated cancellation: nothing but the two ids matters.
package struct CancelCommand: Sendable {
    package var transaction: TransactionID
    package var player: PlayerID
    package var details: PurchaseDetails

    package init(transaction: TransactionID, player: PlayerID, details: PurchaseDetails) {
        self.transaction = transaction
        self.player = player
        self.details = details
    }
}

/// What became of one item of a registration (Stash's PurchaseRegistrationStatus).
package enum RegistrationStatus: Sendable {
    case unspecified, registered, invalidOffer, insufficientInventory, purchaseLimitExceeded, invalidPrice, locked
}

/// One item of a registration with its verdict.
package struct RegisteredItem: Sendable {
    package var item: OrderItem
    package var status: RegistrationStatus
    /// A sentence for the caller's log; nil when the item was registered.
    package var message: String?

    package init(item: OrderItem, status: RegistrationStatus, message: String? = nil) {
        self.item = item
        self.status = status
        self.message = message
    }

    /// The verdicts when an item cannot be sold as stated, nil when all can. Nothing is held then: the good items are
    /// refused with the bad ones.
    static func refusals(of items: [OrderItem]) -> [RegisteredItem]? {
        guard items.contains(where: { $0.cents == 0 || $0.quantity == 0 }) else { return nil }
        return items.map { item in
            if item.quantity == 0 {
                return RegisteredItem(item: item, status: .invalidOffer, message: "quantity: must be greater than 0")
            }
            if item.cents == 0 {
                return RegisteredItem(item: item, status: .invalidPrice, message: "cents: must be greater than 0")
            }
            return RegisteredItem(
                item: item, status: .invalidOffer, message: "Nothing was registered: another item was refused.")
        }
    }
}

/// What became of a cancellation (Stash's PurchaseCancellationStatus).
package enum CancellationStatus: Sendable {
    case unspecified, cancelled, transactionNotFound, alreadyCompleted, alreadyCancelled
}

/// A confirmed purchase.
package struct Confirmation: Sendable {
    /// As it is stored: a repetition may have listed the items otherwise.
    package var order: Order
    /// Whether this call granted it, or an earlier one did.
    package var change: PurchaseChange
    /// `total` is not the sum of the items and the tax, and the shop wants to be warned.
    package var totalDiffers: Bool
}
