import Payments
import Testing

@testable import Stripe
@testable import fake_stripe

/// `oauth/deauthorize` against the fake (section 3.6).
struct DeauthorizeTests {
    private func isDone(_ result: StripeDeauthorization) -> Bool {
        switch result {
        case .done: true
        case .failed: false
        }
    }

    @Test func `a connected account is disconnected, with the key in the header`() throws {
        let bench = try Bench()
        _ = try bench.exchange("ac_ok_acct_D")
        let result = try bench.deauthorize("acct_D")
        #expect(isDone(result))
        let request = try #require(bench.requests.last)
        #expect(request.path == "/oauth/deauthorize")
        #expect(request.field("client_id") == "ca_PLATFORM")
        #expect(request.field("stripe_user_id") == "acct_D")
        #expect(request.field("client_secret") == nil)
        #expect(request.header("authorization") == "Bearer sk_test_PLATFORM")
        #expect(!bench.log.text.contains("sk_test"))
    }

    @Test func `an account that is not connected counts as done`() throws {
        let bench = try Bench()
        #expect(isDone(try bench.deauthorize("acct_NEVER")))
        #expect(bench.requests.count == 1)
    }

    @Test func `a wrong key fails with a sentence without the key`() throws {
        let bench = try Bench(key: "sk_test_WRONG")
        guard case .failed(let text) = try bench.deauthorize("acct_D") else {
            Issue.record("not failed")
            return
        }
        #expect(text == "Invalid API Key provided: [redacted]")
    }

    @Test(arguments: ["close_before", "close_after", "html", "silent", "500"])
    func `what cannot be used fails and is not tried again`(_ effect: String) throws {
        let bench = try Bench(timeoutMilliseconds: 1_000)
        _ = bench.server.stripe.answer(
            try .make("/_next", fields: ["path": "/oauth/deauthorize", "effect": effect]))
        #expect(!isDone(try bench.deauthorize("acct_D")))
        #expect(bench.requests.count == 1)
    }

    @Test(arguments: ["", "acct_", "acct_1\r\nX: y", "1"])
    func `what is no account id is not sent`(_ account: String) throws {
        let bench = try Bench()
        #expect(!isDone(try bench.deauthorize(account)))
        #expect(bench.requests.isEmpty)
    }
}
