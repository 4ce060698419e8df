import JSON
import Payments
import Synchronization
import Testing

@Suite struct MerchantDeliveryTests {
    let world: MerchantWorld
    let sender = ScriptedSender()
    let service: DeliveryService
    let mobilab = MerchantWorld.mobilab

    init() throws {
        world = try MerchantWorld()
        service = DeliveryService(
            repository: world.repository, clock: world.clock.clock, sender: sender, count: DeliveryCount { _ in })
        try world.webhook()
    }

    @Test func `a settled payment is told to the merchant, once`() throws {
        let id = try world.charged()
        #expect(try service.run(atMost: 10) == 1)
        #expect(try service.run(atMost: 10) == 0)
        let message = try #require(sender.sent.first)
        #expect(message.id == "\(id)-0-SUCCESS")
        #expect(message.url == "http://127.0.0.1/hook")
        #expect(message.secret == SealedSecret(key: "k", bytes: [1, 2, 3]))
        let expected = """
            {"notifications":[{"transactionId":"\(id)","transactionStatus":"SUCCESS","transactionAction":"AUTH",\
            "paymentMethod":"CC","amount":300,"currency":"EUR","reason":"Book",\
            "notificationCreatedDate":"2025-07-31T20:20:57.000Z"}]}
            """
        #expect(String(decoding: message.body, as: UTF8.self) == expected)
        #expect(try world.document(Delivery.self, message.id)?.state == .delivered)
    }

    @Test func `every settled step is told, and nothing that is not settled`() throws {
        let id = try world.payments.charge(.make(.preauthorization), for: mobilab).result.payment
        _ = try world.payments.end(.capture(id), for: mobilab)
        world.provider.answers(.unknown)
        _ = try world.payments.refund(.make(id), for: mobilab)
        _ = try service.run(atMost: 10)
        #expect(sender.sent.map(\.id) == ["\(id)-0-SUCCESS", "\(id)-1-SUCCESS"])
        world.provider.finds(.declined("No", id: nil))
        world.clock.advance(minutes: 2)
        _ = try world.payments.settle(atMost: 10)
        _ = try service.run(atMost: 10)
        #expect(sender.sent.last?.id == "\(id)-2-FAIL")
        let body = String(decoding: try #require(sender.sent.last).body, as: UTF8.self)
        #expect(body.contains(#""reason":"Returned""#))
    }

    @Test func `who has no webhook is told nothing`() throws {
        _ = try world.payments.charge(.make(alias: "aliasAcme"), for: MerchantWorld.acme)
        #expect(try service.run(atMost: 10) == 0)
    }

    @Test func `a refused request is told nobody`() throws {
        world.provider.answers(.failed("No."))
        _ = refusal { () throws(PaymentError) in _ = try world.payments.charge(try .make(), for: mobilab) }
        #expect(try service.run(atMost: 10) == 0)
    }

    @Test func `it is tried on the schedule, and then it is dead until an operator tries again`() throws {
        _ = try world.charged()
        sender.answers(.failed("500"))
        let delays: [Int64] = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
        #expect(try service.run(atMost: 10) == 1)
        for delay in delays {
            world.clock.advance(seconds: delay - 1)
            #expect(try service.run(atMost: 10) == 0)
            world.clock.advance(seconds: 1)
            #expect(try service.run(atMost: 10) == 1)
        }
        #expect(sender.sent.count == 10)
        #expect(Set(sender.sent.map(\.id)).count == 1)
        #expect(Set(sender.sent.map(\.body)).count == 1)
        let id = try #require(sender.sent.first).id
        var delivery = try #require(try world.document(Delivery.self, id))
        #expect((delivery.state, delivery.attempts, delivery.lastAnswer) == (.dead, 10, "500"))
        world.clock.advance(minutes: 100_000)
        #expect(try service.run(atMost: 10) == 0)
        sender.answers(.accepted("200"))
        _ = try service.retry(DocumentID(id))
        #expect(try service.run(atMost: 10) == 1)
        delivery = try #require(try world.document(Delivery.self, id))
        #expect((delivery.state, delivery.attempts) == (.delivered, 1))
        #expect(
            refusal { () throws(PaymentError) in _ = try service.retry(DocumentID("nobody's")) }?.number == "notFound")
    }

    @Test func `a delivery somebody has is not sent by another, until they seem to have died`() throws {
        _ = try world.charged()
        let id = try #require(try service.due(atMost: 10).first)
        #expect(try service.take(id) != nil)
        #expect(try service.take(id) == nil)
        #expect(try service.due(atMost: 10).isEmpty)
        world.clock.advance(minutes: 2)
        #expect(try service.due(atMost: 10) == [id])
        #expect(try service.take(id) != nil)
    }

    @Test func `a webhook taken away ends what was to be told`() throws {
        _ = try world.charged()
        _ = try world.merchants.notify(nil, of: mobilab.merchant)
        let id = try #require(try service.due(atMost: 10).first)
        #expect(try service.run(atMost: 10) == 0)
        #expect(try world.document(Delivery.self, id.text)?.state == .dead)
        #expect(try service.due(atMost: 10).isEmpty)
    }

    @Test func `nothing is sent before what it tells of is durable`() throws {
        let slow = MerchantDurability()
        let world = try MerchantWorld(repository: slow)
        try world.webhook()
        _ = try world.charged()
        let service = DeliveryService(
            repository: slow, clock: world.clock.clock, sender: sender, count: DeliveryCount { _ in })
        slow.refusesToWait = true
        #expect(refusal { () throws(PaymentError) in _ = try service.run(atMost: 10) }?.number == "unavailable")
        #expect(sender.sent.isEmpty)
    }
}

/// Answers as a test says, and remembers.
final class ScriptedSender: DeliverySender {
    private let state = Mutex<(answer: DeliveryAnswer, sent: [DeliveryMessage])>((.accepted("200"), []))

    var sent: [DeliveryMessage] { state.withLock(\.sent) }

    func answers(_ answer: DeliveryAnswer) { state.withLock { $0.answer = answer } }

    func send(_ message: DeliveryMessage) -> DeliveryAnswer {
        state.withLock { state in
            state.sent.append(message)
            return state.answer
        }
    }
}
