import Payments
import Testing

@testable import Stripe

/// How an answer to `oauth/token` is judged, for answers the fake does not give.
struct ExchangeAnswerTests {
    private func judge(_ status: Int, _ body: String, mode: StripeMode = .test) throws -> StripeExchange {
        let answer = HTTPAnswer(
            status: status, body: Array(body.utf8), requestID: nil, isReplayed: false, shouldRetry: nil)
        let key = try PlatformKey(Array("sk_test_PLATFORM".utf8), mode: .test)
        return StripeExchange(.answered(answer), text: StripeText(hiding: key), mode: mode)
    }

    @Test(arguments: [200, 400, 401, 403, 500])
    func `an error in the body is a refusal whatever the status is`(_ status: Int) throws {
        let exchange = try judge(status, #"{"error":"invalid_grant","error_description":"Authorization code expired"}"#)
        guard case .refused(let text) = exchange else {
            Issue.record("not refused")
            return
        }
        #expect(text == "Authorization code expired")
    }

    @Test(arguments: [
        (400, #"{"error":"some_new_word"}"#, "refused"), (400, #"{"error":"x","error_description":7}"#, "refused"),
        (400, #"{"error":7}"#, "refused"), (400, #"{"error":""}"#, "refused"),
        (200, #"{"error":null}"#, "unusable answer"),
        (401, #"{"error":"invalid_client","error_description":"No authentication was provided."}"#, "platform refused"),
        (400, #"{"error":{"message":"Invalid API Key provided: sk_test_*1","type":"x"}}"#, "platform refused"),
        (403, #"{"error":{"message":"no","type":"x"}}"#, "platform refused"),
        (400, #"{"error":{"message":"Bad","type":"invalid_request_error"}}"#, "refused"),
        (400, #"{"error":{}}"#, "refused"), (500, #"{"error":{}}"#, "unusable answer"),
        (400, #"{"error":{"type":"api_error"}}"#, "unusable answer"),
        (400, #"{"error":{"code":"rate_limit","type":"x"}}"#, "too many attempts"),
        (200, "Too many attempts. Please try again later.", "too many attempts"),
        (429, "<html>", "too many attempts"), (400, #"{"error":"rate_limit"}"#, "too many attempts"),
        (200, "", "unusable answer"), (200, "null", "unusable answer"), (200, "[]", "unusable answer"),
        (200, #""acct_1""#, "unusable answer"), (200, "{}", "unusable answer"), (503, "{}", "unusable answer"),
        (200, #"{"stripe_user_id":"acct_1","stripe_user_id":"acct_2"}"#, "unusable answer"),
        (200, #"{"stripe_user_id":"acct_"}"#, "unusable answer"),
        (200, #"{"stripe_user_id":"acct_1/../2"}"#, "unusable answer"),
        (200, #"{"stripe_user_id":"acct_1\u0000"}"#, "unusable answer"),
        (200, #"{"stripe_user_id":"acct_é"}"#, "unusable answer"),
        (200, #"{"stripe_user_id":"ACCT_1"}"#, "unusable answer"),
        (200, #"{"stripe_user_id":7}"#, "unusable answer"), (400, #"{"stripe_user_id":"acct_1"}"#, "unusable answer"),
        (200, #"{"stripe_user_id":"acct_1","livemode":"false"}"#, "unusable answer"),
        (200, #"{"stripe_user_id":"acct_1"}"#, "connected"), (201, #"{"stripe_user_id":"acct_1"}"#, "connected"),
    ])
    func `each answer has its meaning`(_ status: Int, _ body: String, _ word: String) throws {
        #expect(try judge(status, body).word == word)
    }

    @Test(arguments: StripeMode.allCases)
    func `where Stripe does not say, the mode is the key's`(_ mode: StripeMode) throws {
        guard case .connected(let credentials) = try judge(200, #"{"stripe_user_id":"acct_1"}"#, mode: mode) else {
            Issue.record("not connected")
            return
        }
        #expect(credentials.isLive == (mode == .live))
    }

    @Test(arguments: [#""""#, "7", "null", #""pk_""#, #""sk_test_X""#, #""pk_test_<script>""#])
    func `a publishable key of another form counts as absent`(_ key: String) throws {
        let body = #"{"stripe_user_id":"acct_1","stripe_publishable_key":\#(key)}"#
        guard case .connected(let credentials) = try judge(200, body) else {
            Issue.record("not connected")
            return
        }
        #expect(credentials.publishableKey == nil)
    }
}
