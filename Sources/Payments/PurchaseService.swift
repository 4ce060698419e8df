/// The purchases of all shops: registers, confirms, cancels, and grants exactly once.
///
/// Every method runs one transaction and returns at once; the result may leave the process only when the journal is
/// durable up to the sequence number it comes with.
package struct PurchaseService: Sendable {
    let repository: any Repository
    let clock: Clock

    package init(repository: any Repository, clock: Clock) {
        self.repository = repository
        self.clock = clock
    }

    /// Reserves an order for a player. Either every item is registered or none is.
    ///
    /// - Returns: one verdict per item, in the order's order. The same call again gets the same verdicts.
    /// - Throws: `unavailable` or `overloaded`; a refusal is a verdict, not an error.
    package func register(
        _ command: PurchaseCommand, in shop: Shop
    ) throws(PaymentError) -> Committed<[RegisteredItem]> {
        let key = PurchaseKey(shop, command.transaction)
        let now = clock.milliseconds()
        let (deadline, overflow) = now.addingReportingOverflow(shop.policy.reservationMilliseconds)
        let expires = overflow ? Int64.max : deadline
        if let refused = RegisteredItem.refusals(of: command.order.items) {
            return Committed(result: refused, sequence: 0)
        }
        do throws(PaymentError) {
            let committed = try repository.transaction(reading: [key.document]) {
                transaction throws(PaymentError) in
                guard var purchase = try transaction.purchase(key, of: command.player) else {
                    transaction.put(
                        Purchase.registered(
                            key, player: command.player, order: command.order, details: command.details, now: now,
                            expires: expires))
                    return
                }
                let change = try purchase.register(
                    player: command.player, order: command.order, details: command.details, now: now, expires: expires)
                if change == .made { transaction.put(purchase) }
            }
            let items = command.order.items.map { RegisteredItem(item: $0, status: .registered) }
            return Committed(result: items, sequence: committed.sequence)
        } catch  where error.code == .conflict {
            let items = command.order.items.map {
                RegisteredItem(item: $0, status: .invalidOffer, message: error.message)
            }
            return Committed(result: items, sequence: error.sequence)
        }
    }

    /// Completes a purchase and adds what it grants to the player's holdings, in one transaction.
    ///
    /// A confirmation with the same content as an earlier one succeeds and grants nothing more.
    ///
    /// - Throws: `conflict` when the transaction was cancelled, or registered or confirmed with other content, or never
    ///   registered where the shop demands it; `invalid` when `total` is wrong and the shop rejects that, or the
    ///   holdings would overflow; `unavailable` or `overloaded`.
    package func confirm(_ command: PurchaseCommand, in shop: Shop) throws(PaymentError) -> Committed<Confirmation> {
        try grant(
            command, in: shop, allowsUnregistered: shop.policy.confirmsWithoutRegister, check: shop.policy.totalCheck)
    }

    /// Grants a purchase that Stash announces in one call, without prices and without registering first.
    ///
    /// - Throws: as `confirm`.
    package func authorize(_ command: PurchaseCommand, in shop: Shop) throws(PaymentError) -> Committed<Confirmation> {
        try grant(command, in: shop, allowsUnregistered: true, check: .off)
    }

    /// Releases a registration.
    ///
    /// A transaction nobody registered leaves a tombstone: should its register arrive late, it is refused.
    ///
    /// - Throws: `unavailable` or `overloaded`; a refusal is a status, not an error.
    package func cancel(_ command: CancelCommand, in shop: Shop) throws(PaymentError) -> Committed<CancellationStatus> {
        let key = PurchaseKey(shop, command.transaction)
        let now = clock.milliseconds()
        return try repository.transaction(reading: [key.document]) { transaction throws(PaymentError) in
            guard var purchase = try transaction.get(Purchase.self, key.document) else {
                transaction.put(
                    Purchase.cancelledUnregistered(key, player: command.player, details: command.details, now: now))
                return .transactionNotFound
            }
            let status = purchase.cancel(player: command.player, now: now)
            if status == .cancelled { transaction.put(purchase) }
            return status
        }
    }

    private func grant(
        _ command: PurchaseCommand, in shop: Shop, allowsUnregistered: Bool, check: ShopPolicy.TotalCheck
    ) throws(PaymentError) -> Committed<Confirmation> {
        let key = PurchaseKey(shop, command.transaction)
        let holdingsKey = Holdings.key(shop, command.player)
        let now = clock.milliseconds()
        return try repository.transaction(reading: [key.document, holdingsKey]) {
            transaction throws(PaymentError) in
            let purchase: Purchase
            if var known = try transaction.purchase(key, of: command.player) {
                let change = try known.confirm(
                    player: command.player, order: command.order, details: command.details, now: now)
                guard change == .made else {
                    return Confirmation(order: known.order, change: .repeated, totalDiffers: false)
                }
                purchase = known
            } else {
                guard allowsUnregistered else {
                    throw PaymentError(.conflict, "This transaction was not registered.")
                }
                purchase = .confirmed(
                    key, player: command.player, order: command.order, details: command.details, now: now)
            }
            let order = purchase.order
            let totalDiffers = try order.totalDiffers(check)
            var holdings =
                try transaction.get(Holdings.self, holdingsKey) ?? Holdings(shop, command.player, key: holdingsKey)
            try holdings.add(order)
            transaction.put(consume purchase)
            transaction.put(consume holdings)
            return Confirmation(order: order, change: .made, totalDiffers: totalDiffers)
        }
    }
}

extension Transaction {
    /// The purchase a player's register or confirm finds.
    fileprivate mutating func purchase(_ key: PurchaseKey, of player: PlayerID) throws(PaymentError) -> Purchase? {
        let purchase = try get(Purchase.self, key.document)
        return purchase?.isTombstone(ofOtherThan: player) == true ? nil : purchase
    }
}
