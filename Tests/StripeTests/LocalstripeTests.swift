import Foundation
import Testing

@testable import Payments
@testable import Stripe

/// Hold, capture, refund and decline against a server that is not ours: `localstripe` of the Python registry, when
/// LOCALSTRIPE names its address, such as `http://127.0.0.1:8420`. It ignores accounts and idempotency keys.
@Suite(.enabled(if: Localstripe.address != nil, "LOCALSTRIPE does not name an address"))
struct LocalstripeTests {
    private let bench: ProviderBench
    private let provider: StripeProvider

    init() throws {
        bench = try ProviderBench()
        provider = StripeProvider(
            try .make(key: "sk_test_12345", base: Localstripe.address ?? ""), clock: .init { 0 },
            logger: bench.bench.log.logger)
    }

    private func pay(_ action: ProviderAction) throws -> ProviderTransactionID {
        let outcome = provider.perform(try bench.make(action, alias: "pm_card_visa"))
        #expect(outcome.word == "approved", "\(outcome)")
        return try #require(outcome.id)
    }

    @Test func `a hold is made and captured`() throws {
        let hold = try pay(.preauthorize)
        #expect(
            provider.capture(try bench.make(.capture, number: 1, original: hold))
                == .approved(ProviderApproval(id: hold)))
        #expect(
            provider.lookUp(try bench.make(.capture, number: 1, original: hold))
                == .approved(ProviderApproval(id: hold)))
    }

    @Test func `a hold is made and let go of`() throws {
        let hold = try pay(.preauthorize)
        #expect(
            provider.reverse(try bench.make(.reverse, number: 1, original: hold))
                == .approved(ProviderApproval(id: hold)))
    }

    @Test func `a sale is made and refunded`() throws {
        let sale = try pay(.authorize)
        let refund = provider.refund(try bench.make(.refund, amount: 99, number: 1, original: sale))
        #expect(refund.word == "approved", "\(refund)")
        #expect(refund.id?.text.hasPrefix("re_") == true)
    }

    @Test func `a payment method that does not exist is refused`() throws {
        let outcome = provider.authorize(try bench.make(.authorize, alias: "pm_nowhere"))
        #expect(outcome.word == "failed", "\(outcome)")
    }
}

enum Localstripe {
    static let address = ProcessInfo.processInfo.environment["LOCALSTRIPE"]
}
