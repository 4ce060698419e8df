import Payments
import Testing

@Suite struct MerchantRefundTests {
    let world: MerchantWorld
    let mobilab = MerchantWorld.mobilab

    init() throws {
        world = try MerchantWorld()
    }

    @Test(arguments: [ProviderOutcome.declined("No", id: nil), .pending(nil), .unknown])
    func `another merchant's payment is told before its state`(outcome: ProviderOutcome) throws {
        world.provider.answers(outcome)
        let id = try world.payments.charge(.make(), for: mobilab).result.payment
        let refused = refusal { () throws(PaymentError) in
            _ = try world.payments.refund(.make(id), for: MerchantWorld.acme)
        }
        #expect(refused?.number == "3006")
    }

    @Test func `a key that was released may be used for another request, which begins anew`() throws {
        let id = try world.charged()
        world.provider.answers(.failed("No."))
        #expect(refused(try .make(id, amount: 300))?.number == "4000")
        world.provider.answers(ScriptedProvider.approve)
        let result = try world.payments.refund(.make(id, amount: 100), for: mobilab).result
        #expect(result.amount == (try .make(100)))
        #expect(world.provider.calls.last?.reference == "\(id)-2")
        #expect(Set(world.provider.calls.suffix(2).map(\.idempotencyKey)).count == 2)
    }

    @Test func `parts are given back until nothing is left, and not one unit more`() throws {
        let id = try world.charged()
        let first = try world.payments.refund(.make(id, key: "refund-0000001", amount: 100), for: mobilab).result
        #expect(first.amount == (try .make(100)))
        #expect((first.payment, first.status, first.action) == (id, .success, .refund))
        let over = Refused(
            number: "3018", text: "Total refund amount is greater than the original payment's amount.")
        #expect(refused(try .make(id, key: "refund-0000002", amount: 201)) == over)
        _ = try world.payments.refund(.make(id, key: "refund-0000002", amount: 200), for: mobilab)
        #expect(refused(try .make(id, key: "refund-0000003", amount: 1)) == over)
        #expect(refused(try .make(id, key: "refund-0000003", amount: 2_147_483_647)) == over)
        #expect(world.provider.calls.filter { $0.action == .refund }.map(\.amount.minorUnits) == [100, 200])
        #expect(world.provider.calls.last?.original == ProviderTransactionID("psp-\(id)-0"))
        #expect(world.provider.calls.last?.purpose.reason == "Returned")
    }

    @Test func `a full refund again gets the same answer, not a refusal`() throws {
        let id = try world.charged()
        let first = try world.payments.refund(.make(id, amount: 300), for: mobilab).result
        #expect(try world.payments.refund(.make(id, amount: 300), for: mobilab).result == first)
        #expect(world.provider.calls.count == 2)
    }

    @Test(
        arguments: [
            (ProviderOutcome.pending(nil), "3018"), (.unknown, "3018"), (.declined("No", id: nil), nil),
        ] as [(ProviderOutcome, String?)])
    func `what may have been given back counts, what was not does not`(
        outcome: ProviderOutcome, number: String?
    ) throws {
        let id = try world.charged()
        world.provider.answers(outcome)
        _ = try world.payments.refund(.make(id, key: "refund-0000001", amount: 200), for: mobilab)
        #expect(refused(try .make(id, key: "refund-0000002", amount: 101))?.number == number)
    }

    @Test func `a refund the provider refused counts no more, and its key is usable`() throws {
        let id = try world.charged()
        world.provider.answers(.failed("No."))
        #expect(refused(try .make(id, amount: 300))?.number == "4000")
        world.provider.answers(ScriptedProvider.approve)
        #expect(try world.payments.refund(.make(id, amount: 300), for: mobilab).result.status == .success)
        let payment = try world.payment(id)
        #expect(payment.operations.count == 2)
        #expect(Set(world.provider.calls.suffix(2).map(\.idempotencyKey)).count == 1)
    }

    @Test func `what was never taken cannot be given back`() throws {
        let notAllowed = Refused(number: "3016", text: "Transaction operation is not allowed.")
        #expect(refused(try .make(PaymentID("nobody's"))) == notAllowed)
        let held = try world.payments.charge(.make(.preauthorization), for: mobilab).result.payment
        #expect(refused(try .make(held)) == notAllowed)
        _ = try world.payments.end(.reversal(held), for: mobilab)
        #expect(refused(try .make(held)) == notAllowed)
        world.provider.answers(.unknown)
        let unclear = try world.payments.charge(.make(key: "key-0000000002"), for: mobilab).result.payment
        #expect(refused(try .make(unclear)) == notAllowed)
    }

    @Test func `a captured hold is refunded like a sale`() throws {
        let id = try world.payments.charge(.make(.preauthorization), for: mobilab).result.payment
        _ = try world.payments.end(.capture(id), for: mobilab)
        #expect(try world.payments.refund(.make(id, amount: 300), for: mobilab).result.status == .success)
        #expect(try world.payment(id).present == .refund)
    }

    @Test func `another merchant's payment, another mode and another currency are refused`() throws {
        let id = try world.charged()
        #expect(
            refusal { () throws(PaymentError) in
                _ = try world.payments.refund(try .make(id), for: MerchantWorld.acme)
            }?.number == "3006")
        #expect(refused(try .make(id, mode: .live))?.number == "3014")
        #expect(
            refused(try .make(id, currency: "USD"))
                == Refused(number: "invalid", text: "currency: must be EUR, as the payment's"))
        #expect(
            try world.payments.refund(.make(id, currency: "eur", mode: nil), for: mobilab).result.status == .success)
    }

    static let others: [Variation<PaymentID, RefundCommand>] = [
        Variation { try .make($0, amount: 101) }, Variation { try .make($0, reason: "Other") },
        Variation { try .make($0, currency: "eur") }, Variation { try .make($0, mode: nil) },
        Variation { _ in try .make(PaymentID("another")) },
    ]

    @Test(arguments: others)
    func `the same key for another refund is refused`(other: Variation<PaymentID, RefundCommand>) throws {
        let id = try world.charged()
        _ = try world.payments.refund(.make(id), for: mobilab)
        #expect(refused(try other.make(id))?.number == "3021")
        #expect(world.provider.calls.count == 2)
    }

    @Test func `a charge's key cannot be used for a refund, nor a refund's for a charge`() throws {
        let id = try world.charged()
        #expect(refused(try .make(id, key: "key-0000000001"))?.number == "3021")
        _ = try world.payments.refund(.make(id), for: mobilab)
        #expect(
            refusal { () throws(PaymentError) in
                _ = try world.payments.charge(try .make(key: "refund-0000001"), for: mobilab)
            }?.number == "3021")
    }

    @Test func `a payment takes two hundred operations and no more`() throws {
        let id = try world.charged(.make(amount: 5000))
        for number in 0..<199 {
            _ = try world.payments.refund(.make(id, key: "refund-\(number)-key", amount: 1), for: mobilab)
        }
        #expect(refused(try .make(id, amount: 1))?.number == "3016")
        #expect(try world.payment(id).operations.count == Payment.operationLimit)
    }

    private func refused(_ command: RefundCommand) -> Refused? {
        refusal { () throws(PaymentError) in _ = try world.payments.refund(command, for: mobilab) }
    }
}
