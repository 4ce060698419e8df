/// What one call changed about a purchase that may have been there before.
package enum PurchaseChange: Sendable, Equatable {
    /// The first call of its kind: store it.
    case made
    /// A repetition: nothing to store, the same answer.
    case repeated
}

extension Purchase {
    /// A purchase that begins with its registration.
    package static func registered(
        _ key: PurchaseKey, player: PlayerID, order: Order, details: PurchaseDetails, now: Int64, expires: Int64
    ) -> Purchase {
        var history = History()
        history.registered = now
        history.expires = expires
        return Purchase(
            purchaseKey: key, player: player, order: order, state: .registered, history: history, details: details)
    }

    /// A purchase that begins and ends with its confirmation.
    package static func confirmed(
        _ key: PurchaseKey, player: PlayerID, order: Order, details: PurchaseDetails, now: Int64
    ) -> Purchase {
        var history = History()
        history.confirmed = now
        return Purchase(
            purchaseKey: key, player: player, order: order, state: .confirmed, history: history, details: details)
    }

    /// The tombstone of a transaction that was cancelled before it was registered.
    package static func cancelledUnregistered(
        _ key: PurchaseKey, player: PlayerID, details: PurchaseDetails, now: Int64
    ) -> Purchase {
        var history = History()
        history.cancelled = now
        return Purchase(
            purchaseKey: key, player: player, order: Order(items: []), state: .neverRegistered, history: history,
            details: details)
    }

    /// Registers again: the same content keeps (or, after its time, renews) the registration.
    ///
    /// - Throws: `conflict` when the transaction is another player's, has other content, or was cancelled.
    package mutating func register(
        player: PlayerID, order: Order, details: PurchaseDetails, now: Int64, expires: Int64
    ) throws(PaymentError) -> PurchaseChange {
        switch state {
        case .registered, .confirmed:
            // Also when it is expired: what is taken from it, a late confirm would miss.
            guard player == self.player, order.hasSameItems(as: self.order) else { throw Purchase.otherContent }
            guard isExpired(at: now) else { return .repeated }
            self.details.merge(details)
            history.registered = now
            history.expires = expires
            return .made
        case .cancelled, .neverRegistered: throw Purchase.wasCancelled
        }
    }

    /// Whether it only says that somebody else cancelled an id they never registered: no reason to refuse its owner.
    func isTombstone(ofOtherThan player: PlayerID) -> Bool {
        state == .neverRegistered && self.player != player
    }

    /// Confirms, with the order as the confirmation states it.
    ///
    /// - Throws: `conflict` when the transaction was cancelled, is another player's, was registered with other items,
    ///   or was confirmed with other content.
    package mutating func confirm(
        player: PlayerID, order: Order, details: PurchaseDetails, now: Int64
    ) throws(PaymentError) -> PurchaseChange {
        switch state {
        case .registered:
            guard player == self.player, order.hasSameItems(as: self.order) else { throw Purchase.otherContent }
            self.order = order
            self.details.merge(details)
            state = .confirmed
            history.confirmed = now
            return .made
        case .confirmed:
            guard player == self.player, order.hasSameContent(as: self.order) else { throw Purchase.otherContent }
            return .repeated
        case .cancelled, .neverRegistered:
            throw Purchase.wasCancelled
        }
    }

    /// Cancels a registration, expired or not.
    package mutating func cancel(player: PlayerID, now: Int64) -> CancellationStatus {
        // Another player's transaction is answered like one that does not exist: nothing leaks about it.
        guard player == self.player else { return .transactionNotFound }
        switch state {
        case .registered:
            state = .cancelled
            history.cancelled = now
            return .cancelled
        case .confirmed: return .alreadyCompleted
        case .cancelled: return .alreadyCancelled
        case .neverRegistered: return .transactionNotFound
        }
    }

    static let otherContent = PaymentError(
        .conflict, "This transaction is known with another player or other content.")
    static let wasCancelled = PaymentError(.conflict, "This transaction was cancelled.")
}
