import Foundation
import Payments
import Testing

@testable import API

@Suite struct MerchantOperatorTests {
    @Test func `a merchant is added with a provider and a webhook, and its key works at once`() throws {
        let bench = try MerchantBench()
        let added = try bench.operate(
            "/operator/merchants/add",
            """
            {"id":"shop-1","name":"Shop One","providers":[{"type":"BS_PAYONE","access":"sandbox","settings":\
            [{"name":"portalId","value":"7"}]}],"webhook":"https://shop.example.com/hook?x=1"}
            """)
        #expect(added.status == 200, "\(added)")
        let secret = try #require(added.member("webhookSecret"))
        #expect(secret.hasPrefix("whsec_"))
        #expect(Data(base64Encoded: String(secret.dropFirst(6)))?.count == 32)
        let created = try bench.operate(
            "/operator/keys/create", #"{"merchant":"shop-1","use":"publishable","name":"app"}"#)
        let key = try #require(created.member("key"))
        #expect(key.hasPrefix("shop-1-"))
        let call = MerchantAliasTests.create(["HTTP_PUBLISHABLE_KEY": key])
        #expect(try bench.send(call).status == 201)
        let gone = try bench.operate("/operator/keys/deactivate", #"{"merchant":"shop-1","name":"app"}"#)
        #expect(gone.body == #"{"merchant":"shop-1","name":"app","active":false}"#)
        #expect(try bench.send(call).member("error_code") == "3000")
    }

    @Test func `neither a key nor a signing secret stands in the state`() throws {
        let bench = try MerchantBench()
        let webhook = try bench.operate(
            "/operator/merchants/update", #"{"id":"mobilab","webhook":"https://shop.example.com/hook"}"#)
        let created = try bench.operate(
            "/operator/keys/create", #"{"merchant":"mobilab","use":"secret","name":"new"}"#)
        let merchant = try bench.repository.transaction { transaction throws(PaymentError) in
            try transaction.get(Merchant.self, Merchant.key(MerchantID("mobilab")))
        }.result
        let text = String(decoding: try #require(merchant).encoded, as: UTF8.self)
        #expect(!text.contains(try #require(webhook.member("webhookSecret"))))
        #expect(!text.contains(try #require(created.member("key"))))
        #expect(text.contains("https://shop.example.com/hook"))
    }

    @Test(arguments: [
        ("/operator/merchants/add", #"{"id":"a b","name":"x"}"#, "id: must be 1 to 64"),
        ("/operator/merchants/add", #"{"id":"mobilab","name":"x"}"#, "Merchant with id 'mobilab' already exists."),
        ("/operator/merchants/add", #"{"id":"new"}"#, "name: is required"),
        ("/operator/merchants/update", #"{"id":"nobody"}"#, "Given merchant id cannot be found."),
        ("/operator/merchants/update", #"{"id":"mobilab","webhook":"http://shop.example.com/"}"#, "webhook: must be"),
        (
            "/operator/merchants/update", #"{"id":"mobilab","providers":[{"type":"PAYPAL","access":"sandbox"}]}"#,
            "providers[0].type: must be one of"
        ),
        (
            "/operator/merchants/update", #"{"id":"mobilab","providers":[{"type":"ADYEN","access":"magic"}]}"#,
            "providers[0].access: must be sandbox, stripe or own"
        ),
        (
            "/operator/merchants/update",
            #"{"id":"mobilab","providers":[{"type":"STRIPE","access":"stripe","event":"x"}]}"#,
            "providers[0].event: must be an event's number"
        ),
        ("/operator/keys/create", #"{"merchant":"mobilab","use":"magic","name":"x"}"#, "use: must be secret or"),
        ("/operator/keys/create", #"{"merchant":"mobilab","use":"secret","name":"key-0"}"#, "name: is the name of"),
        ("/operator/keys/create", #"{"merchant":"mobilab","use":"secret","name":"a b"}"#, "name: must be 1 to 64"),
        (
            "/operator/keys/create",
            #"{"merchant":"mobilab","use":"secret","name":"x","validFrom":2,"validUntil":1}"#, "validUntil: must be"
        ),
        ("/operator/keys/deactivate", #"{"merchant":"mobilab","name":"nobody's"}"#, "no key of that name"),
        ("/operator/authorizations/settle", #"{"id":"x","outcome":"succeeded"}"#, "providerID: is required"),
        ("/operator/authorizations/settle", #"{"id":"x","outcome":"maybe"}"#, "outcome: must be"),
        ("/operator/authorizations/settle", #"{"id":"x","outcome":"failed"}"#, "no such payment"),
        ("/operator/deliveries/retry", #"{"id":"x"}"#, "no such delivery"),
    ])
    func `a change that cannot be made says why`(_ path: String, _ body: String, _ sentence: String) throws {
        let answer = try MerchantBench().operate(path, body)
        #expect((400..<500).contains(answer.status), "\(answer)")
        #expect(answer.member("error")?.contains(sentence) == true, "\(answer)")
    }

    @Test func `a webhook needs a key to seal its secret with`() throws {
        let answer = try MerchantBench(sealing: nil).operate(
            "/operator/merchants/update", #"{"id":"mobilab","webhook":"https://shop.example.com/"}"#)
        #expect(answer.status == 503)
        #expect(answer.member("error")?.contains("\"sealing\"") == true)
    }

    @Test(arguments: [
        "/operator/merchants/add", "/operator/keys/create", "/operator/authorizations/settle",
        "/operator/deliveries/retry",
    ])
    func `nobody reaches the operator's routes from outside`(_ path: String) throws {
        #expect(try MerchantBench().send(.make(path, Array("{}".utf8))).status == 404)
    }

    @Test func `an operator settles a payment whose end is not known`() throws {
        let bench = try MerchantBench()
        let call = MerchantCall().with(body: MerchantCall.charge(alias: "\"aliasPending00000000\""))
        let id = try bench.paid(call, status: "PENDING")
        let settled = try bench.operate(
            "/operator/authorizations/settle",
            #"{"id":"\#(id)","operation":0,"outcome":"succeeded","providerID":"found-1"}"#)
        #expect(settled.body == #"{"id":"\#(id)","action":"AUTH","status":"SUCCESS"}"#)
        #expect(try bench.send(call).member("status") == "SUCCESS")
        #expect(try bench.calls().authorize == 1)
        let again = try bench.operate(
            "/operator/authorizations/settle", #"{"id":"\#(id)","operation":0,"outcome":"failed"}"#)
        #expect(again.member("error") == "operation: is settled already")
    }

    @Test func `a merchant with a webhook is told of each settled change, once`() throws {
        let sender = RecordingSender()
        let bench = try MerchantBench(sender: sender)
        _ = try bench.operate("/operator/merchants/update", #"{"id":"mobilab","webhook":"http://127.0.0.1:1/"}"#)
        let id = try bench.held()
        _ = try bench.capture(id)
        _ = try bench.capture(id)
        #expect(try bench.deliveries.run(atMost: 10) == 2)
        #expect(try bench.deliveries.run(atMost: 10) == 0)
        #expect(sender.messages.map(\.id) == ["\(id)-0-SUCCESS", "\(id)-1-SUCCESS"])
        let body = String(decoding: try #require(sender.messages.last).body, as: UTF8.self)
        #expect(
            body == """
                {"notifications":[{"transactionId":"\(id)","transactionStatus":"SUCCESS",\
                "transactionAction":"CAPTURE","paymentMethod":"CC","amount":300,"currency":"EUR","reason":"Book",\
                "notificationCreatedDate":"2025-07-31T20:20:57.000Z"}]}
                """)
        let again = try bench.operate("/operator/deliveries/retry", #"{"id":"\#(id)-1-SUCCESS"}"#)
        #expect(again.body == #"{"id":"\#(id)-1-SUCCESS","state":"waiting"}"#)
        #expect(try bench.deliveries.run(atMost: 10) == 1)
    }
}

@Suite struct WebhookTests {
    /// The example of Standard Webhooks' own documentation and libraries.
    @Test func `the signature is that of Standard Webhooks`() throws {
        let signature = try #require(
            WebhookSignature(secret: Array("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".utf8)))
        let header = signature.header(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: Array(#"{"test": 2432232314}"#.utf8))
        #expect(header == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test(arguments: ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!!!", "whsec_c2hvcnQ="])
    func `what is no signing secret is none`(_ secret: String) {
        #expect(WebhookSignature(secret: Array(secret.utf8)) == nil)
    }

    @Test(arguments: [
        "https://shop.example.com", "https://shop.example.com/", "https://shop.example.com:8443/a/b?c=d&e=%20",
        "https://10.0.0.1/hook", "https://[2001:db8::1]:443/", "http://127.0.0.1:8080/hook", "http://localhost/",
        "http://[::1]:1/", "http://127.9.9.9/",
    ])
    func `an address that may be called is taken as it is`(_ text: String) {
        #expect(WebhookURL(text)?.description == text)
    }

    @Test(arguments: [
        "", "shop.example.com", "ftp://shop.example.com/", "http://shop.example.com/", "http://127.0.0.1.example.com/",
        "http://127.1/", "http://0x7f000001/", "http://2130706433/", "http://127.0.0.01/", "https://user@example.com/",
        "http://127.0.0.1@example.com/", "https://example.com\\@127.0.0.1/", "https://example.com/#part",
        "https://exa mple.com/", "https://example.com:0/", "https://example.com:65536/", "https://example.com:/",
        "https:///path", "https://.example.com/", "https://a..b/", "https://-a/", "https://[::1", "http://[::2]/",
        "https://example.com/\u{7F}", "https://ex\u{E4}mple.com/", "HTTPS://example.com/",
    ])
    func `any other address is refused`(_ text: String) {
        #expect(WebhookURL(text) == nil)
    }

    @Test func `an address that is too long is refused`() {
        #expect(WebhookURL("https://example.com/" + String(repeating: "x", count: 1000)) == nil)
    }
}
