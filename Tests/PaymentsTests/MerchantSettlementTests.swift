import JSON
import Testing

@testable import Payments

@Suite struct MerchantSettlementTests {
    let world: MerchantWorld
    let mobilab = MerchantWorld.mobilab

    init() throws {
        world = try MerchantWorld()
    }

    @Test(arguments: [
        (ProviderFinding.approved(ProviderApproval(id: ProviderTransactionID("pi_1"))), PaymentStatus.success),
        (.declined("No", id: nil), .fail), (.pending(nil), .pending), (.unknown, .pending), (.absent, .fail),
    ])
    func `an unknown outcome is settled by what the provider knows`(
        finding: ProviderFinding, status: PaymentStatus
    ) throws {
        let id = try unclear(.unknown)
        world.provider.finds(finding)
        world.clock.advance(minutes: 1)
        #expect(try world.payments.settle(atMost: 10) == 1)
        #expect(try world.payments.charge(.make(), for: mobilab).result.status == status)
        #expect(world.provider.calls.count == 1)
        #expect(try world.payment(id).hasOpenOperations == (status == .pending))
    }

    @Test func `a provider that accepted a payment cannot forget it`() throws {
        let id = try unclear(.pending(ProviderTransactionID("pi_1")))
        world.provider.finds(.absent)
        world.clock.advance(minutes: 1)
        #expect(try world.payments.settle(atMost: 10) == 1)
        #expect(try world.payment(id).operations.first?.state == .pending)
        #expect(world.provider.questions.first?.result == ProviderTransactionID("pi_1"))
    }

    @Test func `it asks after a minute, then less and less often`() throws {
        _ = try unclear(.unknown)
        #expect(try world.payments.settle(atMost: 10) == 0)
        var asked: [Int] = []
        for minute in 1...40 {
            world.clock.advance(minutes: 1)
            if try world.payments.settle(atMost: 10) > 0 { asked.append(minute) }
        }
        #expect(asked == [1, 2, 4, 8, 16, 32])
    }

    @Test func `nothing that is settled is asked about`() throws {
        _ = try world.charged()
        world.clock.advance(minutes: 60)
        #expect(try world.payments.settle(atMost: 10) == 0)
    }

    @Test func `many are asked about, as many as are allowed at a time`() throws {
        world.provider.answers(.unknown)
        for number in 0..<100 {
            _ = try world.payments.charge(.make(key: "key-number-\(number)"), for: mobilab)
        }
        world.provider.finds(.absent)
        world.clock.advance(minutes: 1)
        #expect(try world.payments.settle(atMost: 30) == 30)
        #expect(try world.payments.settle(atMost: 1000) == 70)
        #expect(try world.payments.settle(atMost: 1000) == 0)
    }

    @Test func `a revoked access stops the questions, not the other payments`() throws {
        let stripe = try unclear(.unknown, alias: "aliasStripe", key: "key-0000000002")
        let other = try unclear(.unknown)
        world.accounts.connect(nil)
        world.provider.finds(.absent)
        world.clock.advance(minutes: 1)
        #expect(try world.payments.settle(atMost: 10) == 1)
        #expect(try world.payment(other).operations.first?.state == .failed)
        #expect(try world.payment(stripe).operations.first?.state == .unknown)
    }

    @Test func `an operator settles what nobody can look up`() throws {
        let id = try unclear(.unknown)
        let approval = ProviderOutcome.approved(ProviderApproval(id: ProviderTransactionID("pi_1")))
        for outcome in [ProviderOutcome.unknown, .pending(nil), .failed("x"), .connectionLost] {
            #expect(
                refusal { () throws(PaymentError) in
                    _ = try world.payments.settle(id, operation: 0, as: outcome)
                }?.number == "invalid")
        }
        #expect(try world.payments.settle(id, operation: 0, as: approval).result.status == .success)
        #expect(try world.payment(id).operations.first?.source == .operator)
        #expect(try world.payment(id).providerID == ProviderTransactionID("pi_1"))
        #expect(
            refusal { () throws(PaymentError) in
                _ = try world.payments.settle(id, operation: 0, as: approval)
            }?.number == "invalid")
        for (payment, operation) in [(id, 1), (id, -1), (PaymentID("nobody's"), 0)] {
            #expect(
                refusal { () throws(PaymentError) in
                    _ = try world.payments.settle(payment, operation: operation, as: approval)
                }?.number == "notFound")
        }
        #expect(try world.payments.refund(.make(id), for: mobilab).result.status == .pending)
        #expect(world.provider.calls.last?.original == ProviderTransactionID("pi_1"))
    }

    @Test func `a record nobody can read stops neither the questions about others nor the notifications`() throws {
        try world.webhook()
        // First in the list, as whatever is due longest.
        let broken = try unclear(.unknown)
        let other = try unclear(.unknown, key: "key-0000000002")
        try spoil(Payment.self, broken.text)
        world.provider.finds(.approved(ProviderApproval(id: ProviderTransactionID("pi_1"))))
        world.clock.advance(minutes: 1)
        for _ in 0..<2 where try world.payment(other).hasOpenOperations {
            // One at a time: the broken one is put aside, and the next is reached.
            _ = refusal { () throws(PaymentError) in _ = try world.payments.settle(atMost: 1) }
        }
        #expect(try world.payment(other).operations.first?.state == .succeeded)
        let figures = try OpenFigures(world.repository, now: world.clock.clock.milliseconds())
        #expect(figures.unknown == 1, "the broken one: whoever is called at night must hear of it")
        #expect(try world.payments.settle(atMost: 10) == 0)
        world.clock.advance(minutes: 10)
        #expect(
            refusal { () throws(PaymentError) in _ = try world.payments.settle(atMost: 10) }?.number == "unavailable")

        world.provider.answers(ScriptedProvider.approve)
        let third = try world.charged(.make(key: "key-0000000003"))
        try spoil(Delivery.self, "\(other)-0-SUCCESS")
        let sender = ScriptedSender()
        let service = DeliveryService(
            repository: world.repository, clock: world.clock.clock, sender: sender, count: DeliveryCount { _ in })
        #expect(refusal { () throws(PaymentError) in _ = try service.run(atMost: 10) }?.number == "unavailable")
        #expect(sender.sent.map(\.id) == ["\(third)-0-SUCCESS"])
        #expect(try service.run(atMost: 10) == 0)
    }

    private func spoil<D: Document>(_ type: D.Type, _ id: String) throws {
        _ = try world.repository.transaction { transaction throws(PaymentError) in
            transaction.put(Spoilt<D>(id: DocumentID(id)))
        }
    }

    private func unclear(
        _ outcome: ProviderOutcome, alias: String = "aliasOk", key: String = "key-0000000001"
    ) throws -> PaymentID {
        world.provider.answers(outcome)
        let result = try world.payments.charge(.make(key: key, alias: alias), for: mobilab).result
        #expect(result.status == .pending)
        return result.payment
    }
}

/// A record that stands where another belongs and lacks all of it.
private struct Spoilt<Other: Document>: Document {
    static var kind: DocumentKind { Other.kind }
    let id: DocumentID

    init(id: DocumentID) { self.id = id }

    init(json: JSONValue) throws(DocumentError) { throw DocumentError("spoilt") }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.endObject()
    }
}
