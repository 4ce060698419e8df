import Payments
import Testing

@testable import Stripe
@testable import fake_stripe

/// Payments against the fake (contracts: Stripe authorization section 4, authorization 9.3).
struct ProviderTests {
    // MARK: What is sent

    @Test(arguments: [(ProviderAction.authorize, "automatic"), (.preauthorize, "manual")])
    func `a new payment is sent as the contract says`(_ action: ProviderAction, _ capture: String) throws {
        let bench = try ProviderBench()
        #expect(try bench.perform(bench.make(action)).word == "approved")
        #expect(bench.requests.count == 1)
        let request = try #require(bench.requests.first)
        #expect(request.method == "POST")
        #expect(request.path == "/v1/payment_intents")
        #expect(
            request.fields.map { "\($0.name)=\($0.value)" } == [
                "amount=1099", "currency=usd", "capture_method=\(capture)", "confirm=true", "off_session=true",
                "payment_method=pm_ok", "payment_method_types[0]=card", "expand[0]=latest_charge",
                "metadata[transaction]=P1", "metadata[reference]=P1-0", "metadata[reason]=Ticket é",
                "metadata[purchase]=order 7",
            ])
        #expect(request.header("authorization") == "Bearer sk_test_PLATFORM")
        #expect(request.header("stripe-account") == "acct_MERCHANT")
        #expect(request.header("stripe-version") == "2025-02-24.acacia")
        #expect(request.header("idempotency-key") == "tollgate-\(action.rawValue)-0")
        #expect(request.header("content-type") == "application/x-www-form-urlencoded")
    }

    @Test func `a hold is captured, and the capture says how much`() throws {
        let bench = try ProviderBench()
        let hold = try bench.payment(.preauthorize)
        let outcome = try bench.perform(bench.make(.capture, number: 1, original: hold))
        #expect(outcome == .approved(ProviderApproval(id: hold)))
        let request = try #require(bench.requests.last)
        #expect(request.path == "/v1/payment_intents/\(hold)/capture")
        #expect(request.field("amount_to_capture") == "1099")
        #expect(request.header("idempotency-key") == "tollgate-capture-1")
        #expect(request.header("stripe-account") == "acct_MERCHANT")
    }

    @Test func `a hold is let go of`() throws {
        let bench = try ProviderBench()
        let hold = try bench.payment(.preauthorize)
        let outcome = try bench.perform(bench.make(.reverse, number: 1, original: hold))
        #expect(outcome == .approved(ProviderApproval(id: hold)))
        #expect(bench.requests.last?.path == "/v1/payment_intents/\(hold)/cancel")
        #expect(bench.requests.last?.header("content-type") == "application/x-www-form-urlencoded")
    }

    @Test func `a sale is refunded in parts, each with an id of its own`() throws {
        let bench = try ProviderBench()
        let sale = try bench.payment(.authorize)
        let first = try bench.perform(bench.make(.refund, amount: 99, number: 1, original: sale))
        let second = try bench.perform(bench.make(.refund, amount: 1_000, number: 2, original: sale))
        #expect(first.word == "approved")
        #expect(second.word == "approved")
        #expect(first.id != second.id)
        let request = try #require(bench.requests.last)
        #expect(request.path == "/v1/refunds")
        #expect(request.field("payment_intent") == sale.text)
        #expect(request.field("amount") == "1000")
        #expect(request.field("metadata[reference]") == "P1-2")
        #expect(request.field("reason") == nil)
        let third = try bench.perform(bench.make(.refund, amount: 1, number: 3, original: sale))
        #expect(third.sentence == "Charge ch_fake1 has already been refunded.")
        #expect(third.word == "failed")
    }

    @Test func `the moment a hold lapses is taken from the charge`() throws {
        let bench = try ProviderBench()
        guard case .approved(let approval) = try bench.perform(bench.make(.preauthorize)) else {
            Issue.record("not approved")
            return
        }
        let days = (try #require(approval.expires) - bench.started) / 86_400_000
        #expect((6...7).contains(days))
    }

    // MARK: What comes back

    @Test(arguments: [
        ("pm_ok", "approved"), ("pm_decline", "declined"), ("pm_processing", "pending"),
        ("pm_requires_action", "declined"), ("pm_authentication_required", "declined"), ("pm_429", "unknown"),
        ("pm_429_once", "approved"), ("pm_500", "unknown"), ("pm_500_after", "unknown"),
        ("pm_500_card_declined", "unknown"),
        ("pm_close_before", "unknown"), ("pm_close_after", "approved"), ("pm_silent", "unknown"),
        ("pm_slow_300", "approved"), ("pm_slow_3000", "unknown"),
    ])
    func `each answer has its outcome`(_ alias: String, _ word: String) throws {
        for action in [ProviderAction.authorize, .preauthorize] {
            let bench = try ProviderBench(timeoutMilliseconds: 1_000)
            #expect(try bench.perform(bench.make(action, alias: alias)).word == word)
        }
    }

    @Test(arguments: [
        ("pm_close_after", 2), ("pm_429_once", 2), ("pm_429", 3), ("pm_close_before", 3), ("pm_500", 1),
        ("pm_500_after", 1), ("pm_silent", 1), ("pm_decline", 1), ("pm_ok", 1),
    ])
    func `what is repeated is repeated with the same key and parameters, and charged once`(
        _ alias: String, _ count: Int
    ) throws {
        let bench = try ProviderBench(timeoutMilliseconds: 1_000)
        _ = try bench.perform(bench.make(.authorize, alias: alias))
        #expect(bench.requests.count == count)
        #expect(Set(bench.requests.map { $0.header("idempotency-key") ?? "" }) == ["tollgate-authorize-0"])
        #expect(Set(bench.requests.map(\.body)).count == 1)
        let list = bench.bench.server.stripe.answer(
            try #require(
                FakeRequest(
                    head: "GET /v1/payment_intents HTTP/1.1\r\nAuthorization: Bearer sk_test_X\r\n"
                        + "Stripe-Account: acct_MERCHANT\r\n\r\n", body: [])))
        let charged = String(decoding: list.body, as: UTF8.self).split(separator: "\"latest_charge\":\"ch_").count - 1
        #expect(charged <= 1)
    }

    @Test(arguments: [
        ("pm_decline", "Your card was declined."),
        ("pm_decline_insufficient_funds", "Your card has insufficient funds."),
        ("pm_decline_stolen_card", "Your card was declined."), ("pm_decline_fraudulent", "Your card was declined."),
    ])
    func `a decline has Stripe's words and the payment's id`(_ alias: String, _ sentence: String) throws {
        let bench = try ProviderBench()
        let outcome = try bench.perform(bench.make(.authorize, alias: alias))
        #expect(outcome == .declined(sentence, id: ProviderTransactionID("pi_fake1")))
    }

    @Test func `a payment that waits for its buyer is ended before it is called failed`() throws {
        let bench = try ProviderBench()
        let outcome = try bench.perform(bench.make(.authorize, alias: "pm_requires_action"))
        #expect(outcome.sentence?.contains("confirmation") == true)
        #expect(bench.requests.map(\.path) == ["/v1/payment_intents", "/v1/payment_intents/pi_fake1/cancel"])
        #expect(bench.requests.last?.header("idempotency-key") == "tollgate-authorize-0-cancel")
    }

    @Test func `one that cannot be ended stays pending`() throws {
        let bench = try ProviderBench()
        try bench.next("/cancel", "500")
        let outcome = try bench.perform(bench.make(.authorize, alias: "pm_requires_action"))
        #expect(outcome == .pending(ProviderTransactionID("pi_fake1")))
    }

    @Test func `an account that was disconnected is told as that`() throws {
        let bench = try ProviderBench()
        #expect(try bench.perform(bench.make(.authorize, account: "acct_revoked1")) == .connectionLost)
    }

    @Test func `a wrong platform key fails without a word of it`() throws {
        let bench = try ProviderBench(key: "sk_test_WRONG")
        let outcome = try bench.perform(bench.make(.authorize))
        #expect(outcome == .failed("Stripe does not accept the platform's key."))
    }

    @Test func `where nobody listens certainly nothing happened`() throws {
        let bench = try ProviderBench()
        let operation = try bench.make(.authorize)
        let configuration = try StripeConfiguration.make(base: "http://127.0.0.1:\(try Port.closed())")
        let provider = StripeProvider(configuration, clock: Clock { 0 }, logger: bench.bench.log.logger)
        #expect(provider.authorize(operation) == .failed("Stripe could not be reached."))
    }

    @Test func `a key used for another payment before leaves open what happened`() throws {
        let bench = try ProviderBench()
        _ = try bench.perform(bench.make(.authorize, amount: 1_099))
        #expect(try bench.perform(bench.make(.authorize, amount: 1_100)) == .unknown)
    }

    @Test func `the same request again gets the same answer and charges nothing`() throws {
        let bench = try ProviderBench()
        let operation = try bench.make(.authorize)
        let outcomes = [try bench.perform(operation), try bench.perform(operation)]
        #expect(outcomes[0] == outcomes[1])
        #expect(outcomes[0].id == ProviderTransactionID("pi_fake1"))
        #expect(bench.bench.log.text.contains("replayed=true"))
    }

    @Test func `a request Stripe refuses fails in Stripe's words`() throws {
        let bench = try ProviderBench()
        let outcome = try bench.perform(bench.make(.authorize, currency: "E1R"))
        #expect(outcome == .failed("Invalid currency: write three lower-case letters."))
    }

    // MARK: Not sent at all

    @Test func `what cannot be right is not sent`() throws {
        let bench = try ProviderBench()
        let operations = [
            try bench.make(.authorize, mode: .live), try bench.make(.authorize, method: .sepa),
            try bench.make(.authorize, account: "acct_1\r\nX: y"), try bench.make(.authorize, account: ""),
            try bench.make(.capture), try bench.make(.reverse), try bench.make(.refund),
            try bench.make(.capture, original: ProviderTransactionID("pi_1/../../x")),
            try bench.make(.refund, original: ProviderTransactionID("ch_1")),
            try bench.make(.authorize, key: ""), try bench.make(.authorize, key: String(repeating: "k", count: 256)),
            try bench.make(.authorize, key: "a\r\nX: y"),
        ]
        for operation in operations {
            #expect(try bench.perform(operation).word == "failed")
        }
        #expect(bench.requests.isEmpty)
    }

    // MARK: What went another way

    @Test func `a hold that is gone cannot be captured`() throws {
        let bench = try ProviderBench()
        let hold = try bench.payment(.preauthorize)
        try bench.settle(hold, "canceled")
        let outcome = try bench.perform(bench.make(.capture, number: 1, original: hold))
        #expect(outcome == .lapsed)
    }

    @Test func `a hold that is captured already counts as captured, and cannot be reversed`() throws {
        let bench = try ProviderBench()
        let hold = try bench.payment(.preauthorize)
        try bench.settle(hold, "succeeded")
        #expect(
            try bench.perform(bench.make(.capture, number: 1, original: hold)) == .approved(ProviderApproval(id: hold)))
        #expect(
            try bench.perform(bench.make(.reverse, number: 2, original: hold))
                == .declined("The payment was captured already.", id: hold))
    }

    @Test func `a hold that is canceled already counts as reversed`() throws {
        let bench = try ProviderBench()
        let hold = try bench.payment(.preauthorize)
        try bench.settle(hold, "canceled")
        #expect(
            try bench.perform(bench.make(.reverse, number: 1, original: hold)) == .approved(ProviderApproval(id: hold)))
    }

    @Test(arguments: [("pm_refund_pending", "pending"), ("pm_refund_failed", "declined")])
    func `a refund need not succeed at once`(_ alias: String, _ word: String) throws {
        let bench = try ProviderBench()
        let sale = try bench.payment(.authorize, alias: alias)
        let outcome = try bench.perform(bench.make(.refund, amount: 5, number: 1, original: sale))
        #expect(outcome.word == word)
        #expect(outcome.id == ProviderTransactionID("re_fake1"))
    }

    @Test(arguments: [
        ("close_before", "approved"), ("close_after", "approved"), ("429", "approved"), ("html", "approved"),
        ("500", "unknown"), ("500_after", "unknown"), ("silent", "unknown"),
    ])
    func `a capture that goes wrong once is repeated, or left open, and is made once`(
        _ effect: String, _ word: String
    ) throws {
        let bench = try ProviderBench(timeoutMilliseconds: 1_000)
        let hold = try bench.payment(.preauthorize)
        try bench.next("/capture", effect)
        #expect(try bench.perform(bench.make(.capture, number: 1, original: hold)).word == word)
    }

    @Test func `the log tells of each call and holds no key, alias or words of the merchant's`() throws {
        let bench = try ProviderBench(key: "sk_test_PLATFORMKEY")
        _ = try bench.perform(bench.make(.authorize))
        let log = bench.bench.log.text
        #expect(log.contains("operation=create"))
        #expect(log.contains("account=acct_…HANT"))
        #expect(log.contains("request=req_fake1"))
        for secret in ["sk_test", "pm_ok", "Ticket", "order 7", "_secret_", "tollgate-authorize"] {
            #expect(!log.contains(secret))
        }
    }
}
