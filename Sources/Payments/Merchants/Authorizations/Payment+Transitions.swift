extension Payment {
    /// What is to be done about a call that ends a hold.
    enum HoldStep {
        /// It was done before: this operation is the answer.
        case answer(Int)
        /// It is being done, or nobody knows yet: this operation is waited for.
        case open(Int)
        case begin
    }

    /// - Parameter action: `capture` or `reversal`.
    /// - Throws: 3012 when nothing succeeded yet; 3016 when the payment is not a hold any more, or is being ended in the
    ///   other way.
    func step(towards action: PaymentAction) throws(PaymentError) -> HoldStep {
        let word = action == .capture ? "captured" : "reversed"
        guard let present else { throw .merchant(.transactionNotFound) }
        if present == action, let done = operations.lastIndex(where: { $0.action == action && $0.state == .succeeded })
        {
            return .answer(done)
        }
        guard present == .preauthorization else { throw Payment.cannot(present, word) }
        let ends: [PaymentAction] = [.capture, .reversal]
        if let index = operations.firstIndex(where: { $0.isOpen && ends.contains($0.action) }) {
            guard operations[index].action == action else { throw Payment.cannot(operations[index].action, word) }
            return .open(index)
        }
        try checkRoom()
        return .begin
    }

    /// Whether that much can be given back. Refunds whose end is not known count.
    ///
    /// - Throws: 3016 when nothing was taken; `invalid` for another currency; 3018 when it is too much.
    func checkRefund(_ refund: Money) throws(PaymentError) {
        guard let taken else { throw .merchant(.operationNotAllowed) }
        guard taken.hasSameCurrency(as: refund) else {
            throw .invalid("currency", "must be \(taken.currency), as the payment's")
        }
        guard let givenBack, max(givenBack, refundedTotal ?? 0) <= taken.minorUnits - refund.minorUnits else {
            throw .merchant(.refundTooLarge)
        }
        try checkRoom()
    }

    /// Adds an operation whose provider is about to be called.
    ///
    /// - Returns: its number.
    mutating func begin(_ operation: PaymentOperation) -> Int {
        operations.append(operation)
        return operations.count - 1
    }

    /// A refused operation is tried again, with the same key.
    mutating func reopen(_ number: Int, now: Int64) {
        guard operations.indices.contains(number), operations[number].state == .refused else { return }
        operations[number].state = .calling
        operations[number].message = nil
        operations[number].settled = nil
        operations[number].started = now
    }

    /// Takes down what became of an operation. News may come twice, late and in any order: that money moved is never
    /// taken back by older news.
    ///
    /// - Returns: the numbers of the operations that succeeded or failed by it: what merchants are told.
    mutating func record(
        _ outcome: ProviderOutcome, of number: Int, by source: PaymentOperation.Source, now: Int64
    ) -> [Int] {
        guard operations.indices.contains(number) else { return [] }
        switch outcome {
        case .approved(let approval):
            return succeed(number, id: approval.id, expires: approval.expires, by: source, now: now)
        case .declined(let message, let id):
            return fail(number, message: message, id: id, by: source, now: now)
        case .pending(let id):
            guard operations[number].isOpen else { return [] }
            operations[number].state = .pending
            operations[number].providerID = id ?? operations[number].providerID
        case .unknown:
            if operations[number].state == .calling { operations[number].state = .unknown }
        case .failed(let message): refuse(number, message, now)
        case .lapsed: return cancel(by: source, now: now)
        case .connectionLost: refuse(number, "The provider does not accept the merchant's credentials.", now)
        }
        return []
    }

    mutating func succeed(
        _ number: Int, id: ProviderTransactionID?, expires: Int64? = nil, by source: PaymentOperation.Source, now: Int64
    ) -> [Int] {
        let before = operations[number]
        if before.providerID == nil { operations[number].providerID = id }
        if number == 0, let expires { self.expires = expires }
        // A refund the provider knew and gave up stays so: that it once succeeded is older news.
        let isOver = before.action == .refund && before.state == .failed && before.providerID != nil
        guard before.state != .succeeded, !isOver else { return [] }
        operations[number].state = .succeeded
        operations[number].message = nil
        operations[number].settled = now
        operations[number].source = source
        var settled = [number]
        // The hold that was cancelled before we learned that there was one.
        if number == 0, operations[number].action == .preauthorization, cancelled != nil {
            settled += endHold(by: source, now: now)
        }
        return settled + reconcileRefunds(by: source, now: now)
    }

    /// A refund may fail after it succeeded, when the customer's bank sends it back; nothing else may.
    mutating func fail(
        _ number: Int, message: String, id: ProviderTransactionID?, by source: PaymentOperation.Source, now: Int64
    ) -> [Int] {
        if operations[number].providerID == nil { operations[number].providerID = id }
        let operation = operations[number]
        let comesBack = operation.action == .refund && operation.state == .succeeded && source == .notification
        guard operation.isOpen || comesBack else { return [] }
        operations[number].state = .failed
        operations[number].message = message
        operations[number].settled = now
        operations[number].source = source
        return [number] + reconcileRefunds(by: source, now: now)
    }

    private mutating func refuse(_ number: Int, _ message: String, _ now: Int64) {
        guard operations[number].isOpen else { return }
        operations[number].state = .refused
        operations[number].message = message
        operations[number].settled = now
    }

    private func checkRoom() throws(PaymentError) {
        guard operations.count < Payment.operationLimit else {
            throw .merchant(.operationNotAllowed, "The payment has too many operations.")
        }
    }

    static func cannot(_ present: PaymentAction, _ word: String) -> PaymentError {
        .merchant(.operationNotAllowed, "\(present.rawValue) transaction cannot be \(word)")
    }
}
