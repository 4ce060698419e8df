extension AuthorizationService {
    /// Asks the providers what became of payments whose end is not known; never makes a call that moves money.
    ///
    /// Call it every few seconds, and at the start: what a crash left is among them.
    ///
    /// - Returns: how many operations were asked about.
    /// - Throws: the first payment's trouble, once all were looked at.
    package func settle(atMost limit: Int) throws(PaymentError) -> Int {
        try OpenList.payments.lookAfter(atMost: limit, clock: clock, in: repository) { id throws(PaymentError) in
            try settle(PaymentID(id.text))
        }
    }

    /// An operator says what became of an operation, having looked at the provider.
    ///
    /// - Parameter outcome: `approved` or `declined`; a payment's first operation needs the provider's id with it.
    /// - Throws: `notFound`; `invalid` when it is settled already, or the outcome is neither.
    package func settle(
        _ id: PaymentID, operation number: Int, as outcome: ProviderOutcome
    ) throws(PaymentError) -> Committed<PaymentResult> {
        let outcome = redacted(outcome)
        let now = clock.milliseconds()
        switch outcome {
        case .approved, .declined: break
        case .pending, .failed, .connectionLost, .lapsed, .unknown:
            throw .invalid("outcome", "must be succeeded or failed")
        }
        return try repository.transaction { transaction throws(PaymentError) in
            guard var payment = try transaction.get(Payment.self, Payment.key(id)),
                payment.operations.indices.contains(number)
            else { throw PaymentError(.notFound, "There is no such payment or operation.") }
            guard payment.operations[number].isOpen else { throw .invalid("operation", "is settled already") }
            let settled = payment.record(outcome, of: number, by: .operator, now: now)
            guard let result = payment.result(number) else { throw AuthorizationService.broken }
            try transaction.store(payment, settled: settled, due: AuthorizationService.next(payment, now), now: now)
            return result
        }
    }

    private func settle(_ id: PaymentID) throws(PaymentError) -> Int {
        let payment = try repository.transaction { transaction throws(PaymentError) in
            try transaction.payment(id)
        }.result
        var asked = 0
        for number in payment.operations.indices where payment.operations[number].isOpen {
            // Who holds the lock may be calling the provider at this moment: a look-up now could miss the call.
            let lock = payment.lock(number)
            let outcome = try locks.withLock(lock, waitingMilliseconds: 0) { () throws(PaymentError) in
                try lookUp(id, number)
            }
            if outcome == true { asked += 1 }
        }
        try postpone(id)
        return asked
    }

    /// - Precondition: the operation's lock is held.
    /// - Returns: whether the provider was asked.
    private func lookUp(_ id: PaymentID, _ number: Int) throws(PaymentError) -> Bool {
        let question = try repository.transaction { transaction throws(PaymentError) -> Question? in
            let payment = try transaction.payment(id)
            guard payment.operations.indices.contains(number), payment.operations[number].isOpen else { return nil }
            let access: ProviderAccess
            do throws(PaymentError) {
                access = try followUpAccess(to: payment, in: &transaction)
            } catch {
                guard case .merchant = error.code else { throw error }
                return nil  // The access was revoked. It may come back; an operator can settle it until then.
            }
            guard let operation = payment.providerOperation(number, credentials: access.credentials) else { return nil }
            return Question(
                provider: access.provider, operation: operation,
                wasAccepted: payment.operations[number].state == .pending)
        }
        guard let asked = question.result else { return false }
        try repository.waitUntilDurable(question.sequence)
        let finding = asked.provider.lookUp(asked.operation)
        guard let outcome = asked.outcome(finding).map(redacted) else { return true }
        let now = clock.milliseconds()
        _ = try repository.transaction { transaction throws(PaymentError) in
            var payment = try transaction.payment(id)
            let settled = payment.record(outcome, of: number, by: .lookUp, now: now)
            try transaction.store(payment, settled: settled, due: AuthorizationService.next(payment, now), now: now)
        }
        return true
    }

    /// Sets when to ask again, where something is still open.
    private func postpone(_ id: PaymentID) throws(PaymentError) {
        let now = clock.milliseconds()
        _ = try repository.transaction { transaction throws(PaymentError) in
            let payment = try transaction.payment(id)
            guard let page = payment.page else { return }
            try OpenList.payments.postpone(
                DocumentID(id.text), on: page, until: AuthorizationService.next(payment, now), in: &transaction)
        }
    }

    /// Asks after as long again as it has taken so far: a minute at least, six hours at most.
    private static func next(_ payment: Payment, _ now: Int64) -> Int64 {
        let newest = payment.operations.filter(\.isOpen).map(\.started).max() ?? now
        return now + min(max(now - newest, firstLookUpMilliseconds), 6 * 3_600_000)
    }
}

/// What a provider is asked about.
private struct Question {
    let provider: any PaymentProvider
    let operation: ProviderOperation
    /// It said that it had it.
    let wasAccepted: Bool

    /// nil when nothing can be concluded.
    func outcome(_ finding: ProviderFinding) -> ProviderOutcome? {
        switch finding {
        case .approved(let approval): .approved(approval)
        case .declined(let message, let id): .declined(message, id: id)
        case .pending(let id): .pending(id)
        case .lapsed: .lapsed
        // One who forgot what it accepted is not to be believed.
        case .absent: wasAccepted ? nil : .declined("The payment did not reach the provider.", id: nil)
        case .unknown: nil
        }
    }
}

extension Payment {
    /// What is held by whoever calls the provider about this operation.
    fileprivate func lock(_ number: Int) -> DocumentKey {
        guard let record = operations[number].record else { return Payment.key(paymentID) }
        return DocumentKey(IdempotencyRecord.kind, record)
    }
}
