import JSON
import Payments
import Testing

@testable import tollgate

extension Payment {
    /// - Parameter operations: JSON objects without what all have.
    static func make(_ operations: [String], more: String = "") throws -> Payment {
        let rows = operations.map {
            #"{"amount":300,"currency":"EUR","started":1000,"source":"answer",\#($0)}"#
        }
        let text = #"""
            {"v":1,"id":"kD93mfT0aQ1LxZ77bVcP","merchant":"acme","alias":"aliasOk0000000000000","mode":"test",\#
            "provider":"BS_PAYONE","providerAlias":"psp-ok","method":"CC","amount":300,"currency":"EUR",\#
            "reason":"=cmd|' /C calc'!A0","operations":[\#(rows.joined(separator: ","))]\#(more)}
            """#
        return try Payment.decode(Array(text.utf8))
    }
}

@Suite struct `The explanation of a payment` {
    private let operations = [
        #""action":"AUTH","state":"succeeded","settled":1250,"providerID":"pi_1","record":"r""#,
        #""action":"REFUND","state":"unknown""#, #""action":"REFUND","state":"failed","settled":2000,"message":"No""#,
    ]

    @Test func `lists what was done with the money, and who said so`() throws {
        let explanation = PaymentExplanation(payment: try .make(operations), positions: [4, 9], now: 5000).explanation
        let steps = Dictionary(uniqueKeysWithValues: explanation.steps.map { ($0.rule, $0) })
        #expect(steps["1 AUTH"]?.verdict == .passed)
        #expect(steps["1 AUTH"]?.input.contains("settled 250 ms later by the provider's answer") == true)
        #expect(steps["2 REFUND"]?.verdict == .unknown)
        #expect(steps["3 REFUND"]?.verdict == .refused)
        #expect(steps["3 REFUND"]?.input.hasSuffix("the provider said: No") == true)
        #expect(steps["idempotency"]?.input.contains("1 of 3 operations") == true)
        #expect(steps["idempotency"]?.input.contains("positions 4, 9") == true)
        #expect(explanation.granted == nil && !explanation.text.contains("holds now"))
        #expect(try JSONDocument(parsing: explanation.json).root["holdings"] == nil)
    }

    @Test(arguments: [(6000, Explanation.Verdict.passed), (4000, .warned)])
    func `says when a hold lapses`(expires: Int, verdict: Explanation.Verdict) throws {
        let payment = try Payment.make(operations, more: #","expires":\#(expires)"#)
        let steps = PaymentExplanation(payment: payment, positions: [1], now: 5000).explanation.steps
        #expect(steps.first { $0.rule == "hold" }?.verdict == verdict)
    }
}
