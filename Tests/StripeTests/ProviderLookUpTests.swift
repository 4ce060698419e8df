import Payments
import Testing

@testable import Stripe
@testable import fake_stripe

/// What became of operations whose answer was lost.
struct ProviderLookUpTests {
    private static let minute: Int64 = 60_000

    @Test(arguments: [
        ("pm_silent", "approved"), ("pm_500_after", "approved"), ("pm_decline", "declined"),
        ("pm_processing", "pending"),
    ])
    func `a payment is found by our reference, without its id`(_ alias: String, _ word: String) throws {
        for action in [ProviderAction.authorize, .preauthorize] {
            let bench = try ProviderBench(timeoutMilliseconds: 1_000)
            let operation = try bench.make(action, alias: alias)
            _ = try bench.perform(operation)
            let posts = bench.posts
            #expect(try bench.lookUp(operation).word == word)
            #expect(bench.posts == posts)
        }
    }

    @Test func `a payment is found by its id where that is known`() throws {
        let bench = try ProviderBench()
        let id = try bench.payment(.authorize)
        let operation = try bench.make(.authorize, result: id)
        #expect(try bench.lookUp(operation) == .approved(ProviderApproval(id: id)))
        #expect(bench.requests.last?.path == "/v1/payment_intents/\(id)")
    }

    @Test func `what is settled at Stripe is found as settled`() throws {
        let bench = try ProviderBench()
        let operation = try bench.make(.authorize, alias: "pm_processing")
        let outcome = try bench.perform(operation)
        let id = try #require(outcome.id)
        #expect(try bench.lookUp(operation) == .pending(id))
        try bench.settle(id, "succeeded")
        #expect(try bench.lookUp(operation) == .approved(ProviderApproval(id: id)))
        try bench.settle(id, "requires_payment_method")
        #expect(try bench.lookUp(operation).word == "declined")
    }

    @Test func `a payment Stripe does not list was never made, but only after five minutes`() throws {
        let bench = try ProviderBench()
        let operation = try bench.make(.authorize, alias: "pm_500")
        #expect(try bench.perform(operation) == .unknown)
        #expect(try bench.lookUp(operation, laterMilliseconds: 0) == .unknown)
        #expect(try bench.lookUp(operation, laterMilliseconds: 5 * ProviderLookUpTests.minute - 1) == .unknown)
        #expect(try bench.lookUp(operation, laterMilliseconds: 5 * ProviderLookUpTests.minute) == .absent)
        // A clock that was set back says nothing.
        #expect(try bench.lookUp(operation, laterMilliseconds: -ProviderLookUpTests.minute) == .unknown)
    }

    @Test func `it is found among many, on another page`() throws {
        let bench = try ProviderBench()
        let operation = try bench.make(.authorize, amount: 777)
        let outcome = try bench.perform(operation)
        for number in 1...120 { _ = try bench.perform(bench.make(.authorize, number: number)) }
        #expect(try bench.lookUp(operation) == .approved(ProviderApproval(id: try #require(outcome.id))))
        #expect(bench.requests.filter { $0.method == "GET" }.count == 2)
    }

    @Test func `another account's payments and other references are not taken for it`() throws {
        let bench = try ProviderBench()
        _ = try bench.perform(bench.make(.authorize, account: "acct_OTHER"))
        _ = try bench.perform(bench.make(.authorize, number: 11))
        #expect(try bench.lookUp(bench.make(.authorize, number: 1), laterMilliseconds: 600_000) == .absent)
    }

    @Test func `a capture is read from the payment`() throws {
        let bench = try ProviderBench(timeoutMilliseconds: 1_000)
        let hold = try bench.payment(.preauthorize)
        let capture = try bench.make(.capture, number: 1, original: hold)
        #expect(try bench.lookUp(capture) == .unknown)
        #expect(try bench.lookUp(capture, laterMilliseconds: 600_000) == .absent)
        try bench.next("/capture", "silent")
        #expect(try bench.perform(capture) == .unknown)
        #expect(try bench.lookUp(capture) == .approved(ProviderApproval(id: hold)))
        let reverse = try bench.make(.reverse, number: 2, original: hold)
        #expect(try bench.lookUp(reverse).word == "declined")
    }

    @Test func `a reversal is read from the payment`() throws {
        let bench = try ProviderBench(timeoutMilliseconds: 1_000)
        let hold = try bench.payment(.preauthorize)
        let reverse = try bench.make(.reverse, number: 1, original: hold)
        try bench.next("/cancel", "silent")
        #expect(try bench.perform(reverse) == .unknown)
        #expect(try bench.lookUp(reverse) == .approved(ProviderApproval(id: hold)))
        #expect(try bench.lookUp(bench.make(.capture, number: 2, original: hold)) == .lapsed)
    }

    @Test func `a refund is found by our reference, and by its id`() throws {
        let bench = try ProviderBench(timeoutMilliseconds: 1_000)
        let sale = try bench.payment(.authorize)
        let refund = try bench.make(.refund, amount: 5, number: 1, original: sale)
        #expect(try bench.lookUp(refund) == .unknown)
        #expect(try bench.lookUp(refund, laterMilliseconds: 600_000) == .absent)
        try bench.next("/refunds", "silent")
        #expect(try bench.perform(refund) == .unknown)
        let id = ProviderTransactionID("re_fake1")
        #expect(try bench.lookUp(refund) == .approved(ProviderApproval(id: id)))
        let known = try bench.make(.refund, amount: 5, number: 1, original: sale, result: id)
        #expect(try bench.lookUp(known) == .approved(ProviderApproval(id: id)))
    }

    @Test(arguments: ["500", "html", "close_before", "silent", "429"])
    func `an answer that says nothing is no finding`(_ effect: String) throws {
        let bench = try ProviderBench(timeoutMilliseconds: 1_000)
        let operation = try bench.make(.authorize)
        for _ in 0..<3 { try bench.next("/v1/payment_intents", effect) }
        #expect(try bench.lookUp(operation, laterMilliseconds: 600_000) == .unknown)
    }

    @Test func `an account that was disconnected, or a wrong key, is no finding`() throws {
        let bench = try ProviderBench()
        let revoked = try bench.make(.authorize, account: "acct_revoked1")
        #expect(try bench.lookUp(revoked, laterMilliseconds: 600_000) == .unknown)
        let wrong = try ProviderBench(key: "sk_test_WRONG")
        #expect(try wrong.lookUp(wrong.make(.authorize), laterMilliseconds: 600_000) == .unknown)
    }
}
