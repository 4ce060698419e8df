extension Payment {
    /// Takes down what a provider says by itself. Whatever the order the news comes in, the end is the same.
    ///
    /// - Returns: the numbers of the operations that succeeded or failed by it.
    mutating func apply(_ notification: ProviderNotification, now: Int64) -> [Int] {
        guard let first = operations.first else { return [] }
        if first.providerID == nil { operations[0].providerID = notification.providerID }
        switch notification.news {
        case .held(let expires):
            guard first.action == .preauthorization else { return [] }
            return succeed(0, id: notification.providerID, expires: expires, by: .notification, now: now)
        case .paid(let amount):
            return paid(amount, notification.providerID, now)
        case .failed(let message):
            return fail(0, message: message, id: notification.providerID, by: .notification, now: now)
        case .cancelled:
            return cancel(by: .notification, now: now)
        case .refunded(let total):
            refundedTotal = max(refundedTotal ?? 0, total)
            return reconcileRefunds(by: .notification, now: now)
        case .refund(let refund, let outcome):
            guard let number = number(of: refund) else { return [] }
            return record(outcome.naming(refund.id), of: number, by: .notification, now: now)
        case .disputed(let dispute, let amount):
            return append(.chargeback, amount, id: dispute, now)
        case .disputeWon(let dispute, let amount):
            return append(.chargebackReversed, amount, id: dispute, now)
        }
    }

    /// A sale went through, or a hold was captured, by us or at the provider.
    private mutating func paid(_ amount: Money?, _ id: ProviderTransactionID, _ now: Int64) -> [Int] {
        var settled = succeed(0, id: id, by: .notification, now: now)
        guard operations[0].action == .preauthorization else { return settled }
        if let capture = operations.firstIndex(where: { $0.action == .capture && $0.isOpen }) {
            settled += succeed(capture, id: id, by: .notification, now: now)
        } else if !operations.contains(where: { $0.action == .capture && $0.state == .succeeded }) {
            settled += append(.capture, amount ?? self.amount, id: id, now)
        }
        return settled
    }

    /// The provider gave the payment up: a hold that lapsed, or was let go of there.
    mutating func cancel(by source: PaymentOperation.Source, now: Int64) -> [Int] {
        guard taken == nil else { return [] }
        if cancelled == nil { cancelled = now }
        var settled: [Int] = []
        let begun: [PaymentAction] = [.authorization, .preauthorization, .capture]
        for number in operations.indices where operations[number].isOpen && begun.contains(operations[number].action) {
            settled += fail(number, message: "The payment was cancelled.", id: nil, by: source, now: now)
        }
        return settled + endHold(by: source, now: now)
    }

    /// The reversal that ends a cancelled hold, where there is a hold and no reversal yet.
    mutating func endHold(by source: PaymentOperation.Source, now: Int64) -> [Int] {
        guard present == .preauthorization else { return [] }
        if let open = operations.firstIndex(where: { $0.action == .reversal && $0.isOpen }) {
            return succeed(open, id: providerID, by: source, now: now)
        }
        return append(.reversal, amount, id: nil, by: source, now)
    }

    /// Adds what was refunded at the provider and not by us. Not while refunds of ours are open: whether the provider's
    /// total counts them is not known.
    mutating func reconcileRefunds(by source: PaymentOperation.Source, now: Int64) -> [Int] {
        guard let refundedTotal, !operations.contains(where: { $0.action == .refund && $0.isOpen }),
            let givenBack, let rest = Money(minorUnits: refundedTotal - givenBack, currency: amount.currency)
        else { return [] }
        return append(.refund, rest, id: nil, by: source, now)
    }

    /// Finds a refund by the provider's id, or by the reference we gave it.
    private func number(of refund: ProviderNotification.Refund) -> Int? {
        let known = operations.firstIndex { $0.action == .refund && $0.providerID == refund.id }
        if let known { return known }
        guard let reference = refund.reference else { return nil }
        return operations.indices.first {
            operations[$0].action == .refund && reference.hasSameBytes(as: self.reference($0))
        }
    }

    /// An operation that only the provider knows how to begin. One dispute is one row, however often it is told.
    private mutating func append(
        _ action: PaymentAction, _ amount: Money, id: ProviderTransactionID?,
        by source: PaymentOperation.Source = .notification, _ now: Int64
    ) -> [Int] {
        let isKnown = operations.contains { $0.action == action && id != nil && $0.providerID == id }
        guard !isKnown, operations.count < Payment.operationLimit + Payment.notificationRoom else { return [] }
        operations.append(
            PaymentOperation(
                action: action, state: .succeeded, amount: amount, reason: nil, providerID: id, idempotencyKey: nil,
                record: nil, started: now, settled: now, source: source))
        return [operations.count - 1]
    }

    /// News is taken down even when the merchant has filled the payment.
    private static let notificationRoom = 100
}

extension ProviderOutcome {
    /// The same, with the provider's id where it named none.
    fileprivate func naming(_ id: ProviderTransactionID) -> ProviderOutcome {
        switch self {
        case .declined(let message, nil): .declined(message, id: id)
        case .pending(nil): .pending(id)
        case .approved, .declined, .pending, .failed, .connectionLost, .lapsed, .unknown: self
        }
    }
}
