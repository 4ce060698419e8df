import Payments
import Synchronization

/// A provider that does what a test says, and remembers what it was asked.
final class ScriptedProvider: PaymentProvider {
    private let script: Mutex<Script>

    private struct Script: Sendable {
        var answer: @Sendable (ProviderOperation) -> ProviderOutcome
        var finding: ProviderFinding = .unknown
        var calls: [ProviderOperation] = []
        var questions: [ProviderOperation] = []
    }

    init(_ answer: @escaping @Sendable (ProviderOperation) -> ProviderOutcome = ScriptedProvider.approve) {
        script = Mutex(Script(answer: answer))
    }

    static let approve: @Sendable (ProviderOperation) -> ProviderOutcome = { operation in
        .approved(ProviderApproval(id: ProviderTransactionID("psp-\(operation.reference)")))
    }

    var calls: [ProviderOperation] { script.withLock(\.calls) }
    var questions: [ProviderOperation] { script.withLock(\.questions) }

    func answers(_ answer: @escaping @Sendable (ProviderOperation) -> ProviderOutcome) {
        script.withLock { $0.answer = answer }
    }

    func answers(_ outcome: ProviderOutcome) {
        answers { _ in outcome }
    }

    func finds(_ finding: ProviderFinding) {
        script.withLock { $0.finding = finding }
    }

    private func call(_ operation: ProviderOperation) -> ProviderOutcome {
        let answer = script.withLock { script in
            script.calls.append(operation)
            return script.answer
        }
        return answer(operation)
    }

    func authorize(_ operation: ProviderOperation) -> ProviderOutcome { call(operation) }
    func preauthorize(_ operation: ProviderOperation) -> ProviderOutcome { call(operation) }
    func capture(_ operation: ProviderOperation) -> ProviderOutcome { call(operation) }
    func reverse(_ operation: ProviderOperation) -> ProviderOutcome { call(operation) }
    func refund(_ operation: ProviderOperation) -> ProviderOutcome { call(operation) }

    func lookUp(_ operation: ProviderOperation) -> ProviderFinding {
        script.withLock { script in
            script.questions.append(operation)
            return script.finding
        }
    }
}
