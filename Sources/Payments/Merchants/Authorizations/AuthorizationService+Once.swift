/// A request that is carried out at most once.
struct IdempotentRequest {
    let record: DocumentKey
    let fingerprint: String
    /// What the provider is given as its idempotency key: the same for the same request, however often it is made.
    let providerKey: String
}

extension AuthorizationService {
    /// Carries a request out, or answers as the equal one before it was.
    ///
    /// - Parameter begin: decides, and puts the payment with its new operation; `earlier` is what an equal request began
    ///   that was refused by the provider. What it throws leaves no trace, and the key stays usable.
    /// - Returns: for a repetition the operation's present status. One that runs still is waited for, and after that
    ///   time answered as PENDING.
    /// - Throws: 3021 when the key was used for another request; `overloaded` when the request it waits for recorded
    ///   nothing in time.
    func once(
        _ request: IdempotentRequest,
        begin: (_ transaction: inout Transaction, _ earlier: IdempotencyRecord?) throws(PaymentError) -> Begun
    ) throws(PaymentError) -> Committed<PaymentResult> {
        if let known = try known(request), !known.result.runs {
            return Committed(result: known.result.answer, sequence: known.sequence)
        }
        let answered = try locks.withLock(request.record, waitingMilliseconds: waitMilliseconds) {
            () throws(PaymentError) -> Committed<PaymentResult> in
            let first = try repository.transaction(reading: [request.record]) { transaction throws(PaymentError) in
                try transaction.first(request, begin)
            }
            switch first.result {
            case .repeated(let known): return Committed(result: known.answer, sequence: first.sequence)
            case .begun(let begun): return try call(begun, after: first.sequence)
            }
        }
        if let answered { return answered }
        guard let known = try known(request) else {
            throw PaymentError(.overloaded, "An equal request takes too long. Try again.")
        }
        return Committed(result: known.result.answer, sequence: known.sequence)
    }

    /// What an equal request before this one came to; nil when there was none.
    private func known(_ request: IdempotentRequest) throws(PaymentError) -> Committed<KnownRequest>? {
        let committed = try repository.transaction(reading: [request.record]) { transaction throws(PaymentError) in
            try transaction.known(request)
        }
        return committed.result.map { Committed(result: $0, sequence: committed.sequence) }
    }
}

/// A request that was made before.
private struct KnownRequest {
    let answer: PaymentResult
    /// Its provider is being called, or a crash came in between.
    let runs: Bool
}

private enum FirstRequest {
    case repeated(KnownRequest)
    case begun(AuthorizationService.Begun)
}

extension Transaction {
    fileprivate mutating func first(
        _ request: IdempotentRequest,
        _ begin: (inout Transaction, IdempotencyRecord?) throws(PaymentError) -> AuthorizationService.Begun
    ) throws(PaymentError) -> FirstRequest {
        if let known = try known(request) { return .repeated(known) }
        // Released, or never used. Only an equal request goes on with what the earlier one began.
        let earlier = try get(IdempotencyRecord.self, request.record)
        let equal = earlier.flatMap { $0.fingerprint.hasSameBytes(as: request.fingerprint) ? $0 : nil }
        let begun = try begin(&self, equal)
        put(
            IdempotencyRecord(
                document: request.record.id, fingerprint: request.fingerprint, subject: begun.payment.paymentID.text,
                operation: begun.number, created: begun.payment.operations[begun.number].started))
        return .begun(begun)
    }

    fileprivate mutating func known(_ request: IdempotentRequest) throws(PaymentError) -> KnownRequest? {
        guard let record = try get(IdempotencyRecord.self, request.record) else { return nil }
        let payment = try payment(PaymentID(record.subject))
        guard let answer = payment.result(record.operation) else { throw AuthorizationService.broken }
        let state = payment.operations[record.operation].state
        // Released, unless the provider has said since that it happened all the same.
        if record.isReleased, state == .refused { return nil }
        try record.checkSame(request.fingerprint)
        return KnownRequest(answer: answer, runs: state == .calling)
    }
}
