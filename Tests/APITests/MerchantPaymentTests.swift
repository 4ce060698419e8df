import FastCGI
import Payments
import Testing

@testable import API

@Suite struct MerchantPaymentTests {
    @Test(arguments: [
        ("/api/v1/authorization", "AUTH"), ("/api/v1/preauthorization", "PREAUTH"),
    ])
    func `a payment is answered 201 with the members of the contract, under both names of its id`(
        _ path: String, _ action: String
    ) throws {
        let answer = try MerchantBench().send(MerchantCall().with(path: path))
        let id = try #require(answer.member("id"))
        #expect(answer.status == 201)
        #expect(
            answer.body == """
                {"id":"\(id)","transactionId":"\(id)","amount":300,"currency":"EUR","status":"SUCCESS",\
                "action":"\(action)"}
                """)
        #expect(id.utf8.count == 20)
    }

    @Test func `a decline is a payment that failed, with the provider's words`() throws {
        let answer = try MerchantBench().send(
            MerchantCall().with(body: MerchantCall.charge(alias: "\"aliasDecline00000000\"")))
        #expect(answer.status == 201)
        #expect(answer.member("status") == "FAIL")
        #expect(answer.member("additionalInfo") == "Declined")
    }

    @Test(arguments: ["aliasPending00000000", "aliasTimeout00000000"])
    func `a payment whose end is not known is pending`(_ alias: String) throws {
        let bench = try MerchantBench()
        let call = MerchantCall().with(body: MerchantCall.charge(alias: "\"\(alias)\""))
        let answer = try bench.send(call)
        #expect(answer.status == 201)
        #expect(answer.member("status") == "PENDING")
        #expect(try bench.send(call) == answer)
        #expect(try bench.calls().authorize == 1)
    }

    @Test func `a provider's error is 4000 with its words, and leaves the key usable`() throws {
        let bench = try MerchantBench()
        let answer = try bench.send(MerchantCall().with(body: MerchantCall.charge(alias: "\"aliasError0000000000\"")))
        #expect(answer.refusal == "500 4000 Unexpected PSP operation error.")
        #expect(answer.member("error") == "The sandbox provider refuses this alias.")
        _ = try bench.paid()
    }

    @Test(arguments: [
        RefusedCall(
            "an unknown alias", MerchantCall().with(body: MerchantCall.charge(alias: "\"nobody's\"")),
            "400 3005 Alias ID cannot be found."),
        RefusedCall(
            "an empty alias", MerchantCall().with(body: MerchantCall.charge(alias: "\"\"")),
            "400 3005 Alias ID cannot be found."),
        RefusedCall(
            "a number for an alias", MerchantCall().with(body: MerchantCall.charge(alias: "123")),
            "400 3005 Alias ID cannot be found."),
        RefusedCall(
            "a deleted alias", MerchantCall().with(body: MerchantCall.charge(alias: "\"aliasInactive0000000\"")),
            "400 3005 Alias ID cannot be found."),
        RefusedCall(
            "another merchant's alias",
            MerchantCall().with(body: MerchantCall.charge(alias: "\"aliasAcme00000000000\"")),
            "400 3006 Alias does not map to correct merchant."),
        RefusedCall(
            "a partial alias", MerchantCall().with(body: MerchantCall.charge(alias: "\"aliasPartial00000000\"")),
            "400 3007 Given alias is incomplete, please define a payment configuration on related alias."),
        RefusedCall(
            "live money with an alias in test mode", MerchantCall().with("HTTP_PSP_TEST_MODE", "false"),
            "400 3014 `PSP-Test-Mode` for this transaction is different than the mode for previous transaction."),
        RefusedCall(
            "a provider that is not configured",
            MerchantCall().with("HTTP_SECRET_KEY", MerchantBench.bareKey).with(
                body: MerchantCall.charge(alias: "\"aliasBare00000000000\"")),
            "400 3003 PSP configuration for 'BS_PAYONE' cannot be found from used merchant"),
        RefusedCall(
            "a hold on an account",
            MerchantCall(path: "/api/v1/preauthorization").with(
                body: MerchantCall.charge(alias: "\"aliasSepa00000000000\"")),
            "400 3017 SEPA is not supported for this operation."),
    ])
    func `what a payment cannot be made of is refused with its number, and calls nobody`(_ row: RefusedCall) throws {
        let bench = try MerchantBench()
        #expect(try bench.send(row.call).refusal == row.refusal)
        #expect(try bench.calls() == SandboxCalls())
        // The key is not burnt.
        _ = try bench.paid()
    }

    // MARK: Idempotency

    @Test(arguments: [
        MerchantCall(), MerchantCall().with("HTTP_SECRET_KEY", MerchantBench.otherKey),
        MerchantCall().with(body: MerchantCall.charge(amount: "\"300\"", more: ",\"unknown\":1,\"purchaseId\":null")),
    ])
    func `an equal request again is answered the same, without calling the provider`(_ repetition: MerchantCall) throws
    {
        let bench = try MerchantBench()
        let first = try bench.send(MerchantCall())
        #expect(try bench.send(repetition) == first)
        #expect(try bench.calls().authorize == 1)
    }

    @Test(arguments: [
        MerchantCall().with(body: MerchantCall.charge(amount: "301")),
        MerchantCall().with(body: MerchantCall.charge(currency: "\"eur\"")),
        MerchantCall().with(body: MerchantCall.charge(reason: "\"book\"")),
        MerchantCall().with(body: MerchantCall.charge(more: ",\"purchaseId\":\"\"")),
        MerchantCall().with(body: MerchantCall.charge(more: ",\"customerId\":\"c\"")),
        MerchantCall().with(body: MerchantCall.charge(alias: "\"aliasDecline00000000\"")),
        MerchantCall().with(body: MerchantCall.charge(alias: "\"aliasAcme00000000000\"")),
        MerchantCall().with(path: "/api/v1/preauthorization"),
        MerchantCall().with("HTTP_PSP_TEST_MODE", "false"),
    ])
    func `another request with the same key is refused`(_ call: MerchantCall) throws {
        let bench = try MerchantBench()
        _ = try bench.paid()
        #expect(
            try bench.send(call).refusal
                == "400 3021 Keys for idempotent requests can only be used with the same parameters they were first "
                + "used with.")
        #expect(try bench.calls().authorize == 1)
        #expect(try bench.calls().preauthorize == 0)
    }

    @Test func `a repetition is answered after the alias was deleted`() throws {
        let bench = try MerchantBench()
        let first = try bench.send(MerchantCall())
        let deleted = try bench.send(
            MerchantCall().with(path: "/api/v1/alias/aliasOk0000000000000", method: "DELETE"))
        #expect(deleted.status == 204)
        #expect(try bench.send(MerchantCall()) == first)
        #expect(try bench.send(MerchantCall().with(key: "key-0000000002")).member("error_code") == "3005")
    }

    @Test func `one key of two merchants is two keys`() throws {
        let bench = try MerchantBench()
        let ours = try bench.paid()
        let theirs = try bench.paid(
            MerchantCall().with("HTTP_SECRET_KEY", MerchantBench.acmeKey).with(
                body: MerchantCall.charge(alias: "\"aliasAcme00000000000\"")))
        #expect(ours != theirs)
    }

    // MARK: After it

    @Test func `a hold is captured once, however often it is asked for`() throws {
        let bench = try MerchantBench()
        let id = try bench.held()
        let first = try bench.capture(id)
        #expect(first.status == 200)
        #expect(first.member("action") == "CAPTURE")
        #expect(first.member("id") == id)
        #expect(try bench.capture(id) == first)
        #expect(try bench.calls().capture == 1)
        #expect(try bench.reverse(id).refusal == "400 3016 CAPTURE transaction cannot be reversed")
    }

    @Test func `a hold is reversed once, and then captured no more`() throws {
        let bench = try MerchantBench()
        let id = try bench.held()
        let first = try bench.reverse(id)
        #expect(first.status == 200)
        #expect(first.member("action") == "REVERSAL")
        #expect(try bench.reverse(id) == first)
        #expect(try bench.calls().reverse == 1)
        #expect(try bench.capture(id).refusal == "400 3016 REVERSAL transaction cannot be captured")
    }

    @Test func `the hold's own request is answered the same after its capture`() throws {
        let bench = try MerchantBench()
        let call = MerchantCall(path: "/api/v1/preauthorization")
        let first = try bench.send(call)
        _ = try bench.capture(try #require(first.member("id")))
        #expect(try bench.send(call) == first)
    }

    @Test func `captures of what is none are refused`() throws {
        let bench = try MerchantBench()
        let sale = try bench.paid()
        let failed = try bench.paid(
            MerchantCall(path: "/api/v1/preauthorization").with(key: "declined-hold").with(
                body: MerchantCall.charge(alias: "\"aliasDecline00000000\"")), status: "FAIL")
        #expect(try bench.capture("nobody's").refusal == "400 3012 Given transaction id cannot be found.")
        #expect(try bench.capture(failed).refusal == "400 3012 Given transaction id cannot be found.")
        #expect(try bench.capture(sale).refusal == "400 3016 AUTH transaction cannot be captured")
        #expect(try bench.reverse(sale).refusal == "400 3016 AUTH transaction cannot be reversed")
        #expect(try bench.calls().capture + bench.calls().reverse == 0)
    }

    @Test(arguments: [nil, "false"] as [String?])
    func `a capture names the hold's mode, and live where it names none`(_ mode: String?) throws {
        let bench = try MerchantBench()
        let id = try bench.held()
        #expect(try bench.capture(id, mode: mode).member("error_code") == "3014")
        #expect(try bench.reverse(id, mode: mode).member("error_code") == "3014")
    }

    @Test func `another merchant's payment is refused before its state shows`() throws {
        let bench = try MerchantBench()
        let held = try bench.held()
        let sale = try bench.paid()
        for id in [held, sale] {
            let refusal = "400 3006 Alias does not map to correct merchant."
            #expect(try bench.capture(id, key: MerchantBench.acmeKey).refusal == refusal)
            #expect(try bench.reverse(id, key: MerchantBench.acmeKey).refusal == refusal)
            #expect(try bench.refund(id, secretKey: MerchantBench.acmeKey).refusal == refusal)
        }
        #expect(try bench.calls().capture + bench.calls().reverse + bench.calls().refund == 0)
    }

    @Test func `refunds add up to the payment and not to one unit more`() throws {
        let bench = try MerchantBench()
        let id = try bench.paid()
        let first = try bench.refund(id, amount: "200")
        #expect(first.status == 201)
        #expect(first.member("action") == "REFUND")
        #expect(first.member("id") == id)
        let tooMuch = "400 3018 Total refund amount is greater than the original payment's amount."
        #expect(try bench.refund(id, amount: "101", key: "refund-00000002").refusal == tooMuch)
        #expect(try bench.refund(id, amount: "100", key: "refund-00000002").status == 201)
        #expect(try bench.refund(id, amount: "1", key: "refund-00000003").refusal == tooMuch)
        // A full refund's own repetition is a repetition, not too much.
        #expect(try bench.refund(id, amount: "200") == first)
        #expect(try bench.calls().refund == 2)
    }

    @Test func `what cannot be refunded is refused with its number`() throws {
        let bench = try MerchantBench()
        let held = try bench.held()
        let sale = try bench.paid()
        let notAllowed = "400 3016 Transaction operation is not allowed."
        #expect(try bench.refund("nobody's").refusal == notAllowed)
        #expect(try bench.refund(held).refusal == notAllowed)
        #expect(
            try bench.refund(sale, currency: "USD").refusal == "400 2003 currency: must be EUR, as the payment's")
        #expect(try bench.refund(sale, key: "key-0000000001").member("error_code") == "3021")
        _ = try bench.capture(held)
        #expect(try bench.refund(held, key: "refund-00000009").status == 201)
    }

    @Test func `card numbers in free texts are redacted and counted`() throws {
        let bench = try MerchantBench()
        let id = try bench.paid(
            MerchantCall().with(
                body: MerchantCall.charge(
                    reason: "\"card 4111 1111 1111 1111\"", more: ",\"purchaseId\":\"4111111111111111\"")))
        let stored = try bench.repository.transaction { transaction throws(PaymentError) in
            try transaction.get(Payment.self, Payment.key(PaymentID(id)))
        }.result
        #expect(stored?.purpose.reason == "card [redacted-pan]")
        #expect(stored?.purpose.purchase == "[redacted-pan]")
        #expect(bench.redactions.count == 2)
    }

    @Test func `the log's line names payment and key, and no card number`() throws {
        let bench = try MerchantBench()
        let outcome = bench.router.handle(try MerchantCall().request())
        guard case .blocking(let answer) = outcome else {
            Issue.record("a payment must run where it may block")
            return
        }
        let note = answer().note
        #expect(note.keyName == "mobilab/key-0")
        #expect(note.scheme == "secret-key")
        #expect(note.subject?.utf8.count == 20)
        let capture = MerchantCall(path: "/api/v1/preauthorization/4111111111111111/capture")
        let refusal = bench.router.handle(try capture.request())
        guard case .blocking(let refused) = refusal else { return }
        #expect(refused().note.subject == "[redacted-pan]")
    }

    @Test func `a stranger gets no thread that may block`() throws {
        let bench = try MerchantBench()
        for call in [MerchantCall().with("HTTP_SECRET_KEY", "nobody's"), MerchantCall().with(body: "{}")] {
            let outcome = bench.router.handle(try call.request())
            guard case .response = outcome else {
                Issue.record("\(call) got a thread")
                return
            }
        }
    }
}
