import Payments

/// Which calls are made, and which of them one after the other.
struct SendPlan: Sendable {
    struct Call: Sendable {
        let operation: SendOperation
        let purchase: SendPurchase
        /// Whether the same call was made before.
        let isRepeat: Bool
    }

    /// Each is made by one caller from its first call to its last; different ones are made at the same time.
    let jobs: [[Call]]
    let isReordered: Bool
    let operations: [SendOperation]
    var count: Int { jobs.reduce(0) { $0 + $1.count } }

    /// - Parameters:
    ///   - isDuplicated: makes every call twice.
    ///   - isReordered: makes all calls of all transactions in random order, so that a confirm may come before its
    ///     register.
    init(
        _ operations: [SendOperation], for purchases: [SendPurchase], isDuplicated: Bool, isReordered: Bool,
        using generator: inout some RandomNumberGenerator
    ) {
        self.operations = operations
        self.isReordered = isReordered
        let jobs = purchases.map { purchase in
            operations.flatMap { operation in
                (isDuplicated ? [false, true] : [false]).map {
                    Call(operation: operation, purchase: purchase, isRepeat: $0)
                }
            }
        }
        self.jobs = isReordered ? jobs.flatMap { $0 }.shuffled(using: &generator).map { [$0] } : jobs
    }

    /// Whether this is among the outcomes that a right service may answer.
    ///
    /// - Parameter outcome: as `SendOutcome` names it.
    func expects(_ outcome: SendOutcome, of call: Call) -> Bool {
        expected(call).contains { outcome.label.utf8.elementsEqual($0.utf8) }
    }

    /// The labels of the right answers. In random order, whoever comes first decides.
    private func expected(_ call: Call) -> [String] {
        let cancels = operations.contains(.cancel)
        switch call.operation {
        case .purchase, .authorize: return call.operation == .authorize ? ["201 SUCCESS", "201 PENDING"] : ["200"]
        case .register: return ["200 SUCCESS_REGISTERED"] + (isReordered && cancels ? ["200 FAILED_INVALID_OFFER"] : [])
        case .confirm:
            let isCancelledBefore = precedes(.cancel, .confirm)
            if isCancelledBefore { return ["409"] }
            return ["200"] + (isReordered && cancels ? ["409"] : [])
        case .cancel: return expectedOfCancel(call)
        }
    }

    private func expectedOfCancel(_ call: Call) -> [String] {
        let cancelled = "200 SUCCESS_CANCELLED"
        let again = "200 FAILED_ALREADY_CANCELLED"
        let completed = "200 FAILED_ALREADY_COMPLETED"
        let unknown = "200 FAILED_TRANSACTION_NOT_FOUND"
        if isReordered { return [cancelled, again, completed, unknown] }
        if precedes(.confirm, .cancel) { return [completed] }
        if precedes(.register, .cancel) { return [call.isRepeat ? again : cancelled] }
        return [unknown]
    }

    private func precedes(_ first: SendOperation, _ second: SendOperation) -> Bool {
        guard !isReordered, let early = operations.firstIndex(of: first), let late = operations.firstIndex(of: second)
        else { return false }
        return early < late
    }
}
