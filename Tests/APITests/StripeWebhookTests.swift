import Crypto
import FastCGI
import Foundation
import Payments
import Testing

@testable import API

/// `POST /webhooks/stripe` (contract sections 3.8 and 3.9); the signature's own verdicts are in `StripeSignatureTests`.
@Suite struct StripeWebhookTests {
    let bench = StripeBench()

    private static func event(
        id: String = "evt_1", type: String = "account.application.deauthorized", account: String = "acct_USER",
        livemode: Bool = false, created: Int64 = Sample.now / 1000 + 3600
    ) -> String {
        #"""
        {"id":"\#(id)","object":"event","type":"\#(type)","account":"\#(account)","livemode":\#(livemode),\#
        "created":\#(created),"data":{"object":{"id":"ca_demo","object":"application"}}}
        """#
    }

    private static func signature(
        _ body: String, secret: String = StripeBench.webhookSecret, at seconds: Int64 = Sample.now / 1000
    ) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Data("\(seconds).\(body)".utf8), using: SymmetricKey(data: Data(secret.utf8)))
        return "t=\(seconds),v1=" + code.map { String(format: "%02x", $0) }.joined()
    }

    private func send(_ body: String, signature: String? = nil) throws -> Reply {
        let header = signature ?? StripeWebhookTests.signature(body)
        return bench.send(
            try .make("/webhooks/stripe", Array(body.utf8), headers: [("HTTP_STRIPE_SIGNATURE", header)]))
    }

    @Test func `a disconnected account loses its authorizations, once`() throws {
        #expect(try bench.create().status == 201)
        #expect(try bench.create(event: "2", code: "ac_TWO").status == 201)
        let event = StripeWebhookTests.event()
        let reply = try send(event)
        #expect(reply.status == 200)
        #expect(reply.text == #"{"received":true}"#)
        #expect(reply.response.note.subject == "evt_1")
        #expect(try !bench.isLinked(1))
        #expect(try !bench.isLinked(2))
        #expect(try bench.create(code: "ac_THREE").status == 201)
        #expect(try send(event).status == 200)
        #expect(try bench.isLinked(1), "a repetition must not disconnect what was connected since")
    }

    @Test(arguments: ["", "t=1,v1=00", "v1=abc", "nonsense"])
    func `what Stripe did not sign is 400 and changes nothing`(_ signature: String) throws {
        #expect(try bench.create().status == 201)
        let reply = try send(StripeWebhookTests.event(), signature: signature)
        #expect(reply.status == 400)
        #expect(reply.text == #"{"error":"The Stripe-Signature header does not fit the body."}"#)
        #expect(try bench.isLinked(1))
    }

    @Test func `a wrong secret, another body or an old time is 400, an older secret is not`() throws {
        let event = StripeWebhookTests.event(type: "x")
        let now = Sample.now / 1000
        #expect(try send(event, signature: StripeWebhookTests.signature(event, secret: "whsec_no")).status == 400)
        #expect(try send(event, signature: StripeWebhookTests.signature(event + "\n")).status == 400)
        #expect(try send(event, signature: StripeWebhookTests.signature(event, at: now - 301)).status == 400)
        #expect(try send(event, signature: StripeWebhookTests.signature(event, at: now + 301)).status == 400)
        #expect(try send(event, signature: StripeWebhookTests.signature(event, at: now - 300)).status == 200)
        #expect(try send(event, signature: StripeWebhookTests.signature(event, secret: "whsec_old")).status == 200)
    }

    @Test func `an event of the other mode is received and changes nothing`() throws {
        #expect(try bench.create().status == 201)
        let reply = try send(StripeWebhookTests.event(livemode: true))
        #expect(reply.status == 200)
        #expect(reply.response.note.reason == "ignored")
        #expect(try bench.isLinked(1))
    }

    @Test(arguments: ["payment_intent.succeeded", "account.application.deauthorized.x", "charge.refunded"])
    func `a type nobody wants is received and changes nothing`(_ type: String) throws {
        #expect(try bench.create().status == 201)
        #expect(try send(StripeWebhookTests.event(type: type)).status == 200)
        #expect(try bench.isLinked(1))
    }

    @Test(arguments: [
        "{}", "[]", "", "{\"id\":1}", #"{"id":"e","type":"t"}"#, #"{"id":"","type":"t","livemode":false}"#,
        #"{"id":"e","type":"t","livemode":"no"}"#,
    ])
    func `a signed body that is no event is 400`(_ body: String) throws {
        #expect(try send(body).status == 400)
    }

    @Test func `a star stands for all types that begin so`() {
        let handler = StripeWebhookHandler(types: ["payment_intent.*", "charge.refunded"]) { _, _ in
            Committed(result: .ignored, sequence: 0)
        }
        #expect(handler.wants("payment_intent.succeeded"))
        #expect(handler.wants("charge.refunded"))
        #expect(!handler.wants("payment_intent"))
        #expect(!handler.wants("charge.refunded.x"))
    }
}
