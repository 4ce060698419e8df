import Foundation
import Synchronization

@testable import Payments
@testable import Stripe
@testable import fake_stripe

/// A fake Stripe, a provider that talks to it, and the time it is.
final class ProviderBench {
    let bench: Bench
    /// How long after the operation began a look-up is made.
    var laterMilliseconds: Int64 = 0
    let started = Int64(Date().timeIntervalSince1970 * 1000)

    init(key: String = "sk_test_PLATFORM", timeoutMilliseconds: Int = 5_000) throws {
        bench = try Bench(key: key, timeoutMilliseconds: timeoutMilliseconds)
    }

    var requests: [FakeRequest] { bench.requests }

    /// How often something was asked for that may move money.
    var posts: Int { requests.filter { $0.method == "POST" }.count }

    func perform(_ operation: ProviderOperation) throws -> ProviderOutcome {
        try provider().perform(operation)
    }

    func lookUp(_ operation: ProviderOperation, laterMilliseconds: Int64 = 0) throws -> ProviderFinding {
        self.laterMilliseconds = laterMilliseconds
        return try provider().lookUp(operation)
    }

    /// Lets something happen to the next request whose path ends so.
    func next(_ path: String, _ effect: String) throws {
        _ = bench.server.stripe.answer(try .make("/_next", fields: ["path": path, "effect": effect]))
    }

    func settle(_ intent: ProviderTransactionID, _ status: String) throws {
        _ = bench.server.stripe.answer(
            try .make("/_settle", fields: ["intent": intent.text, "status": status]))
    }

    /// A payment that stands, for what comes after it.
    func payment(_ action: ProviderAction, alias: String = "pm_ok", amount: Int64 = 1_099) throws
        -> ProviderTransactionID
    {
        let outcome = try perform(make(action, alias: alias, amount: amount))
        guard case .approved(let approval) = outcome else { throw SettingError("the payment was not made: \(outcome)") }
        return approval.id
    }

    func make(
        _ action: ProviderAction, alias: String = "pm_ok", amount: Int64 = 1_099, currency: String = "USD",
        number: Int = 0, key: String? = nil, account: String = "acct_MERCHANT", mode: PaymentMode = .test,
        method: PaymentMethod = .card, original: ProviderTransactionID? = nil, result: ProviderTransactionID? = nil
    ) throws -> ProviderOperation {
        guard let money = Money(minorUnits: amount, currency: currency) else { throw SettingError("no such sum") }
        return ProviderOperation(
            action: action, payment: PaymentID("P1"), reference: "P1-\(number)",
            idempotencyKey: key ?? "tollgate-\(action.rawValue)-\(number)", amount: money,
            purpose: PaymentPurpose(reason: "Ticket é", purchase: "order 7", customer: nil), providerAlias: alias,
            method: method, credentials: .stripe(account: StripeAccountID(account)), mode: mode, original: original,
            result: result, started: started)
    }

    private func provider() throws -> StripeProvider {
        let now = started + laterMilliseconds
        return StripeProvider(try bench.configuration(), clock: Clock { now }, logger: bench.log.logger)
    }
}

extension ProviderOutcome {
    /// Which of its cases it is.
    var word: String {
        switch self {
        case .approved: "approved"
        case .declined: "declined"
        case .pending: "pending"
        case .failed: "failed"
        case .connectionLost: "connection lost"
        case .lapsed: "lapsed"
        case .unknown: "unknown"
        }
    }

    /// The sentence of a refusal.
    var sentence: String? {
        switch self {
        case .declined(let sentence, _), .failed(let sentence): sentence
        case .approved, .pending, .connectionLost, .lapsed, .unknown: nil
        }
    }

    var id: ProviderTransactionID? {
        switch self {
        case .approved(let approval): approval.id
        case .declined(_, let id), .pending(let id): id
        case .failed, .connectionLost, .lapsed, .unknown: nil
        }
    }
}

extension ProviderFinding {
    var word: String {
        switch self {
        case .approved: "approved"
        case .declined: "declined"
        case .pending: "pending"
        case .lapsed: "lapsed"
        case .absent: "absent"
        case .unknown: "unknown"
        }
    }
}
