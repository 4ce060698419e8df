/// The built-in provider for tests and rehearsals: the provider alias decides, always in the same way.
///
/// | alias | every call | a look-up |
/// |---|---|---|
/// | `psp-ok` | succeeds | succeeded |
/// | `psp-decline` | is declined, `Declined` | declined |
/// | `psp-pending` | is accepted and stays so | still pending |
/// | `psp-error` | is refused (4000) | never happened |
/// | `psp-timeout` | gives no answer, and has succeeded | succeeded |
///
/// Any other alias is refused. It keeps what it was asked for by idempotency key, durably, as a real provider does, and
/// counts every call.
package struct SandboxProvider: PaymentProvider {
    private let repository: any Repository

    package init(repository: any Repository) {
        self.repository = repository
    }

    package func authorize(_ operation: ProviderOperation) -> ProviderOutcome { carryOut(operation) }

    package func preauthorize(_ operation: ProviderOperation) -> ProviderOutcome { carryOut(operation) }

    package func capture(_ operation: ProviderOperation) -> ProviderOutcome { carryOut(operation) }

    package func reverse(_ operation: ProviderOperation) -> ProviderOutcome { carryOut(operation) }

    package func refund(_ operation: ProviderOperation) -> ProviderOutcome { carryOut(operation) }

    package func lookUp(_ operation: ProviderOperation) -> ProviderFinding {
        let remembered: Bool
        do throws(PaymentError) {
            remembered = try repository.transaction { transaction throws(PaymentError) in
                try transaction.countSandboxCalls { $0.lookUp += 1 }
                return try transaction.get(SandboxOperation.self, SandboxOperation.key(operation)) != nil
            }.result
        } catch {
            return .unknown
        }
        guard remembered, let behaviour = Behaviour(rawValue: operation.providerAlias) else { return .absent }
        switch behaviour {
        case .succeeds, .timesOut: return .approved(ProviderApproval(id: SandboxProvider.id(of: operation)))
        case .declines: return .declined(SandboxProvider.declined, id: SandboxProvider.id(of: operation))
        case .staysPending: return .pending(SandboxProvider.id(of: operation))
        case .refuses: return .absent
        }
    }

    private enum Behaviour: String {
        case succeeds = "psp-ok"
        case declines = "psp-decline"
        case staysPending = "psp-pending"
        case refuses = "psp-error"
        case timesOut = "psp-timeout"
    }

    private static let declined = "Declined"

    private func carryOut(_ operation: ProviderOperation) -> ProviderOutcome {
        guard operation.mode == .test else { return .failed("The sandbox provider works in test mode only.") }
        let behaviour = Behaviour(rawValue: operation.providerAlias)
        let isSame: Bool
        do throws(PaymentError) {
            isSame = try remember(operation, unless: behaviour == nil || behaviour == .refuses)
        } catch {
            return .unknown
        }
        guard isSame else { return .failed("The idempotency key was used with other parameters.") }
        let id = SandboxProvider.id(of: operation)
        switch behaviour {
        case .succeeds: return .approved(ProviderApproval(id: id))
        case .declines: return .declined(SandboxProvider.declined, id: id)
        case .staysPending: return .pending(id)
        case .refuses: return .failed("The sandbox provider refuses this alias.")
        case .timesOut: return .unknown
        case nil:
            return .failed(
                "The sandbox provider knows psp-ok, psp-decline, psp-pending, psp-error and psp-timeout only.")
        }
    }

    /// Counts a call and keeps it, durably: what happened at a provider is not forgotten when we crash.
    ///
    /// - Returns: false when the key was used with other parameters.
    private func remember(_ operation: ProviderOperation, unless isRefused: Bool) throws(PaymentError) -> Bool {
        let committed = try repository.transaction { transaction throws(PaymentError) in
            try transaction.countSandboxCalls { $0.count(operation.action) }
            if let known = try transaction.get(SandboxOperation.self, SandboxOperation.key(operation)) {
                return known.parameters.hasSameBytes(as: SandboxOperation.parameters(of: operation))
            }
            if !isRefused { transaction.put(SandboxOperation(operation)) }
            return true
        }
        try repository.waitUntilDurable(committed.sequence)
        return committed.result
    }

    /// The same for the same key: a repetition gets the first answer.
    private static func id(of operation: ProviderOperation) -> ProviderTransactionID {
        ProviderTransactionID("sandbox-\(operation.reference)")
    }
}

extension Transaction {
    fileprivate mutating func countSandboxCalls(_ count: (inout SandboxCalls) -> Void) throws(PaymentError) {
        var calls = try get(SandboxCalls.self, SandboxCalls.documentID) ?? SandboxCalls()
        count(&calls)
        put(calls)
    }
}
