import Payments
import Testing

@testable import Stripe
@testable import fake_stripe

/// `oauth/token` against the fake (contracts: Stripe authorization, cases A1, D and F).
struct ExchangeTests {
    private func exchange(_ code: String, timeoutMilliseconds: Int = 5_000) throws -> StripeExchange {
        try Bench(timeoutMilliseconds: timeoutMilliseconds).exchange(code)
    }

    @Test func `a code becomes the account's credentials`() throws {
        let bench = try Bench()
        guard case .connected(let credentials) = try bench.exchange("ac_ok") else {
            Issue.record("not connected")
            return
        }
        #expect(credentials.account == StripeAccountID("acct_USER"))
        #expect(!credentials.isLive)
        #expect(credentials.scope == "read_write")
        #expect(credentials.accessToken == Array("sk_test_ACC".utf8))
        #expect(credentials.refreshToken == Array("rt_REF".utf8))
        #expect(credentials.publishableKey == "pk_test_PUB")
    }

    @Test(arguments: ["ac_ok", " ac with space ", "ac_+&=%é🎟", "x\r\nX-Evil: 1"])
    func `what is sent is what the original sends, the code exactly as received`(_ code: String) throws {
        let bench = try Bench()
        _ = try bench.exchange(code)
        #expect(bench.requests.count == 1)
        let request = try #require(bench.requests.first)
        #expect(request.method == "POST")
        #expect(request.path == "/oauth/token")
        #expect(request.fields.map(\.name) == ["client_secret", "code", "grant_type"])
        #expect(request.field("client_secret") == "sk_test_PLATFORM")
        #expect(request.field("code").map { Array($0.utf8) } == Array(code.utf8))
        #expect(request.field("grant_type") == "authorization_code")
        #expect(request.header("content-type") == "application/x-www-form-urlencoded")
        #expect(request.header("user-agent") == "Tollgate/1.2.3")
        #expect(request.header("authorization") == nil)
        #expect(request.header("expect") == nil)
        #expect(request.header("idempotency-key") == nil)
    }

    @Test(arguments: [
        ("ac_used_1", "Authorization code already used: ac_used_1"), ("ac_expired", "Authorization code expired"),
        ("ac_unknown", "Authorization code does not exist: ac_unknown"), ("ac_nodesc", "invalid_grant"),
        ("ac_utf8", "Le code a déjà été utilisé – ça suffit 🎟"),
    ])
    func `Stripe's refusal is passed on in Stripe's words`(_ code: String, _ sentence: String) throws {
        guard case .refused(let text) = try exchange(code) else {
            Issue.record("not refused")
            return
        }
        #expect(text == sentence)
    }

    @Test func `a second use of a code is refused, and the first was the only one we made`() throws {
        let bench = try Bench()
        _ = try bench.exchange("ac_ok")
        #expect(bench.requests.count == 1)
        let second = try bench.exchange("ac_ok")
        guard case .refused(let text) = second else {
            Issue.record("not refused")
            return
        }
        #expect(text.hasPrefix("This authorization code has already been used."))
    }

    @Test func `credentials without the deprecated members are accepted`() throws {
        guard case .connected(let credentials) = try exchange("ac_minimal_acct_M") else {
            Issue.record("not connected")
            return
        }
        #expect(credentials.account == StripeAccountID("acct_M"))
        #expect(credentials.accessToken == nil)
        #expect(credentials.refreshToken == nil)
        #expect(credentials.publishableKey == nil)
    }

    @Test func `live credentials are told as live, for the caller to judge`() throws {
        guard case .connected(let credentials) = try exchange("ac_live") else {
            Issue.record("not connected")
            return
        }
        #expect(credentials.isLive)
    }

    @Test(arguments: [
        ("ac_object_error", "platform refused"), ("ac_429", "too many attempts"), ("ac_patience", "too many attempts"),
        ("ac_html", "unusable answer"), ("ac_notjson", "unusable answer"), ("ac_huge", "unusable answer"),
        ("ac_noaccount", "unusable answer"), ("ac_close", "unusable answer"), ("ac_half", "unusable answer"),
        ("ac_api_error", "unusable answer"), ("ac_silent", "timed out"), ("ac_slow_3000", "timed out"),
    ])
    func `each failure has its result, and is never tried again`(_ code: String, _ word: String) throws {
        let bench = try Bench(timeoutMilliseconds: 1_000)
        let exchange = try bench.exchange(code)
        #expect(exchange.word == word)
        #expect(bench.requests.count == 1)
    }

    @Test func `a wrong key is the platform's fault`() throws {
        let bench = try Bench(key: "sk_test_WRONG")
        #expect(try bench.exchange("ac_ok").word == "platform refused")
    }

    @Test func `a port where nobody listens is unreachable`() throws {
        let configuration = try StripeConfiguration.make(base: "http://127.0.0.1:\(try Port.closed())")
        let client = StripeClient(configuration, logger: LogRecorder().logger)
        #expect(client.exchange(code: "ac_ok").word == "unreachable")
    }

    @Test(arguments: ["ac_ok", "ac_used_SPENT", "ac_object_error", "ac_html", "ac_huge", "ac_close"])
    func `the log tells of the call and holds no key, token, code or body`(_ code: String) throws {
        let bench = try Bench(key: "sk_test_PLATFORMKEY")
        _ = try bench.exchange(code)
        let log = bench.log.text
        #expect(log.contains("operation=oauth/token"))
        #expect(log.contains("milliseconds="))
        for secret in ["sk_test", "rt_REF", "pk_test", "acct_USER", "ac_", "client_secret", "<html>"] {
            #expect(!log.contains(secret), "the log holds \(secret)")
        }
    }

    @Test func `the log holds Stripe's name for the request, the status and the end of the account`() throws {
        let bench = try Bench()
        _ = try bench.exchange("ac_ok_acct_1032D82eZvKYlo2C")
        #expect(bench.log.text.contains("request=req_fake1"))
        #expect(bench.log.text.contains("status=200"))
        #expect(bench.log.text.contains("account=acct_…lo2C"))
        #expect(bench.log.text.contains("result=connected"))
    }
}
