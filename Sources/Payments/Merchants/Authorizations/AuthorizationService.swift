/// The merchants' payments: authorizes, holds, captures, reverses and refunds, each at most once.
///
/// The order is always the same: decide and record the intent in one transaction, wait until it is durable, call the
/// provider, record what became of it, answer. A crash in between leaves an operation whose end is not known; it is
/// answered as PENDING and settled by `settle`, by a notification or by an operator, never by a second call.
///
/// Its methods block: they belong on threads that may wait. A class, because the locks have identity.
package final class AuthorizationService: Sendable {
    let repository: any Repository
    let clock: Clock
    let random: Randomness
    let digests: Digests
    let providers: ProviderRegistry
    let redactions: RedactionCount
    /// How long a repetition waits for the request it repeats.
    let waitMilliseconds: Int
    /// Held by whoever may call a provider: by idempotency record for what takes a key, else by payment.
    let locks: KeyedLocks

    /// When the provider is asked for the first time what became of a call: later than any call lasts.
    static let firstLookUpMilliseconds: Int64 = 60_000

    /// - Parameter locks: one for each repository, shared by all services over it.
    package init(
        repository: any Repository, clock: Clock, random: Randomness, digests: Digests, providers: ProviderRegistry,
        redactions: RedactionCount, locks: KeyedLocks, waitMilliseconds: Int
    ) {
        self.repository = repository
        self.clock = clock
        self.random = random
        self.digests = digests
        self.providers = providers
        self.redactions = redactions
        self.locks = locks
        self.waitMilliseconds = waitMilliseconds
    }

    /// An operation whose intent is recorded.
    struct Begun {
        let payment: Payment
        let number: Int
        let access: ProviderAccess
    }

    /// Calls the provider and records what became of it.
    ///
    /// - Parameter sequence: the intent's position.
    /// - Returns: the result; PENDING as well when the provider was called and its answer cannot be recorded.
    /// - Throws: 4000 and 3003 when the provider refused; `unavailable` when the intent cannot be made durable.
    func call(_ begun: Begun, after sequence: SequenceNumber) throws(PaymentError) -> Committed<PaymentResult> {
        guard let operation = begun.operation, let intended = begun.payment.result(begun.number) else {
            throw AuthorizationService.broken
        }
        try repository.waitUntilDurable(sequence)
        let outcome = redacted(begun.access.provider.perform(operation))
        let committed: Committed<PaymentResult>
        do throws(PaymentError) {
            committed = try record(outcome, of: begun)
        } catch {
            // The money may have moved: the intent is the truth that can be told, and it will be settled.
            return Committed(result: intended, sequence: sequence)
        }
        // A notification may have settled it before the provider's answer came: that is believed.
        guard committed.result.status == .fail, let refusal = outcome.refusal(begun.payment.provider) else {
            return committed
        }
        var error = refusal
        error.sequence = committed.sequence
        throw error
    }

    private func record(
        _ outcome: ProviderOutcome, of begun: Begun
    ) throws(PaymentError) -> Committed<PaymentResult> {
        let now = clock.milliseconds()
        return try repository.transaction { transaction throws(PaymentError) in
            var payment = try transaction.payment(begun.payment.paymentID)
            let settled = payment.record(outcome, of: begun.number, by: .answer, now: now)
            guard let result = payment.result(begun.number) else { throw AuthorizationService.broken }
            let operation = payment.operations[begun.number]
            if operation.state == .refused, let record = operation.record,
                var known = try transaction.get(IdempotencyRecord.self, record)
            {
                known.isReleased = true
                transaction.put(known)
            }
            try transaction.store(
                payment, settled: settled, due: now + AuthorizationService.firstLookUpMilliseconds, now: now)
            return result
        }
    }

    /// Providers repeat what they were sent.
    func redacted(_ outcome: ProviderOutcome) -> ProviderOutcome {
        switch outcome {
        case .declined(let message, let id): .declined(sentence(message), id: id)
        case .failed(let message): .failed(sentence(message))
        case .approved, .pending, .connectionLost, .lapsed, .unknown: outcome
        }
    }

    func sentence(_ message: String) -> String {
        String(redactions.redact(message).unicodeScalars.prefix(255))
    }

    /// A record without what it speaks of: nobody can say what happened, so nothing is done.
    static let broken = PaymentError(.unavailable, "A stored record cannot be understood.")
}

extension AuthorizationService.Begun {
    /// The call as it was recorded.
    var operation: ProviderOperation? {
        payment.providerOperation(number, credentials: access.credentials)
    }
}

extension Payment {
    /// What a provider is called with, or asked about; nil for what only providers begin.
    func providerOperation(_ number: Int, credentials: ProviderCredentials) -> ProviderOperation? {
        guard operations.indices.contains(number) else { return nil }
        let operation = operations[number]
        guard let action = operation.action.provider, let key = operation.idempotencyKey else { return nil }
        var purpose = purpose
        if let reason = operation.reason { purpose.reason = reason }
        return ProviderOperation(
            action: action, payment: paymentID, reference: reference(number), idempotencyKey: key,
            amount: operation.amount, purpose: purpose, providerAlias: providerAlias, method: method,
            credentials: credentials, mode: mode, original: number == 0 ? nil : providerID,
            result: operation.providerID, started: operation.started)
    }
}

extension ProviderOutcome {
    /// What a request that did nothing is answered; nil when something may have happened.
    fileprivate func refusal(_ type: ProviderType) -> PaymentError? {
        switch self {
        case .failed(let sentence): .merchant(.providerFailed(sentence))
        case .connectionLost: ProviderRegistry.notConfigured(type)
        case .lapsed: Payment.cannot(.reversal, "captured")
        case .approved, .declined, .pending, .unknown: nil
        }
    }
}

extension Transaction {
    mutating func payment(_ id: PaymentID) throws(PaymentError) -> Payment {
        guard let payment = try get(Payment.self, Payment.key(id)) else { throw AuthorizationService.broken }
        return payment
    }
}
