extension AuthorizationService {
    /// Captures a hold, or lets go of it. Repeating it gets the same answer, without calling the provider again.
    ///
    /// - Throws: in this order 3012 unknown, 3006 another merchant's, 3012 nothing held yet, 3016 not a hold any more,
    ///   3014, 3004, 3003; then 4000 or 3003 when the provider refused the request, which may be tried again.
    package func end(
        _ command: HoldCommand, for caller: MerchantCaller
    ) throws(PaymentError) -> Committed<PaymentResult> {
        // Before the lock: what can be answered at once need not wait, and nobody waits for another merchant's payment.
        let known = try repository.transaction { transaction throws(PaymentError) in
            try transaction.step(command, of: caller)
        }
        if case .answer(let result) = known.result { return Committed(result: result, sequence: known.sequence) }
        let answered = try locks.withLock(Payment.key(command.payment), waitingMilliseconds: waitMilliseconds) {
            () throws(PaymentError) in try endHolding(command, for: caller)
        }
        if let answered { return answered }
        let present = try repository.transaction { transaction throws(PaymentError) in
            try transaction.step(command, of: caller)
        }
        switch present.result {
        case .answer(let result), .open(let result): return Committed(result: result, sequence: present.sequence)
        case .begin: throw PaymentError(.overloaded, "The payment is busy. Try again.")
        }
    }

    /// - Precondition: the payment's lock is held.
    private func endHolding(
        _ command: HoldCommand, for caller: MerchantCaller
    ) throws(PaymentError) -> Committed<PaymentResult> {
        let now = clock.milliseconds()
        let reason = command.reason.map(redactions.redact)
        let step = try repository.transaction { transaction throws(PaymentError) -> EndStep in
            switch try transaction.step(command, of: caller) {
            case .answer(let result), .open(let result): return .answer(result)
            case .begin: break
            }
            var payment = try transaction.payment(command.payment)
            let access = try followUpAccess(to: payment, in: &transaction)
            let number = payment.begin(
                PaymentOperation(
                    action: command.action, amount: payment.amount, reason: reason,
                    idempotencyKey: providerKey(
                        payment.merchant, command.action, payment.paymentID.text, "\(payment.operations.count)"),
                    record: nil, started: now))
            try transaction.store(
                payment, settled: [], due: now + AuthorizationService.firstLookUpMilliseconds, now: now)
            return .begun(Begun(payment: payment, number: number, access: access))
        }
        switch step.result {
        case .answer(let result): return Committed(result: result, sequence: step.sequence)
        case .begun(let begun): return try call(begun, after: step.sequence)
        }
    }

    /// How the payment's provider is reached now.
    ///
    /// - Throws: 3004, 3003, 3014.
    func followUpAccess(
        to payment: Payment, in transaction: inout Transaction
    ) throws(PaymentError) -> ProviderAccess {
        let merchant = try transaction.merchant(payment.merchant)
        let access = try providers.access(payment.provider, of: merchant, mode: payment.mode, in: &transaction)
        guard let account = payment.account, account != access.account else { return access }
        // The money is where it was taken, also when the merchant has connected another account since.
        guard let id = try providers.stripeAccounts.id(of: account, in: &transaction) else {
            throw ProviderRegistry.notConfigured(payment.provider)
        }
        return ProviderAccess(
            provider: access.provider, credentials: .stripe(account: id), settings: access.settings, account: account)
    }
}

private enum EndStep {
    case answer(PaymentResult)
    case begun(AuthorizationService.Begun)
}

private enum KnownStep {
    case answer(PaymentResult)
    /// It is being done, or nobody knows yet.
    case open(PaymentResult)
    case begin
}

extension Transaction {
    fileprivate mutating func step(
        _ command: HoldCommand, of caller: MerchantCaller
    ) throws(PaymentError) -> KnownStep {
        guard let payment = try get(Payment.self, Payment.key(command.payment)) else {
            throw .merchant(.transactionNotFound)
        }
        guard payment.merchant == caller.merchant else { throw .merchant(.foreignAlias) }
        let step = try payment.step(towards: command.action)
        guard payment.mode == command.mode else { throw .merchant(.modeMismatch) }
        switch step {
        case .answer(let number):
            guard let result = payment.result(number) else { throw AuthorizationService.broken }
            return .answer(result)
        case .open(let number):
            guard let result = payment.result(number) else { throw AuthorizationService.broken }
            // Only a call that runs is worth waiting for.
            return payment.operations[number].state == .calling ? .open(result) : .answer(result)
        case .begin: return .begin
        }
    }
}

extension HoldCommand {
    fileprivate var reason: String? {
        switch end {
        case .capture: nil
        case .reversal(let reason): reason
        }
    }
}
