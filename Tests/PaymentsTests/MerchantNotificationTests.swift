import Payments
import Testing

@Suite struct MerchantNotificationTests {
    let world: MerchantWorld
    let mobilab = MerchantWorld.mobilab

    init() throws {
        world = try MerchantWorld()
    }

    @Test(arguments: [
        (ProviderNotification.News.paid(nil), PaymentStatus.success), (.failed("Insufficient funds"), .fail),
        (.cancelled, .fail), (.held(expires: nil), .pending),
    ])
    func `news settles a pending sale`(news: ProviderNotification.News, status: PaymentStatus) throws {
        let id = try charged(.authorization, .pending(pi))
        #expect(try told(id, news) == .applied)
        #expect(try world.payments.charge(command(.authorization), for: mobilab).result.status == status)
        #expect(world.provider.calls.count == 1)
    }

    @Test func `an event counts once`() throws {
        let id = try charged(.authorization, .approved(ProviderApproval(id: pi)))
        let event = try notification(id, .disputed(ProviderTransactionID("dp_1"), .make(300)), event: "evt_1")
        #expect(try world.payments.apply(event).result == .applied)
        #expect(try world.payments.apply(event).result == .repeated)
        var again = event
        again.event = "evt_2"
        #expect(try world.payments.apply(again).result == .applied)
        #expect(try world.payment(id).operations.map(\.action) == [.authorization, .chargeback])
    }

    @Test func `a hold that lapses is a reversal, and cannot be captured any more`() throws {
        let id = try charged(.preauthorization, .approved(ProviderApproval(id: pi, expires: 99)))
        #expect(try world.payment(id).expires == 99)
        #expect(try told(id, .cancelled) == .applied)
        let payment = try world.payment(id)
        #expect(payment.operations.map(\.action) == [.preauthorization, .reversal])
        #expect(payment.operations.last?.source == .notification)
        #expect(
            refusal { () throws(PaymentError) in _ = try world.payments.end(.capture(id), for: mobilab) }
                == Refused(number: "3016", text: "REVERSAL transaction cannot be captured"))
        #expect(try world.payments.end(.reversal(id), for: mobilab).result.status == .success)
        #expect(world.provider.calls.count == 1)
    }

    @Test func `news of our own capture, reversal and refund adds nothing`() throws {
        let captured = try charged(.preauthorization, .approved(ProviderApproval(id: pi)))
        _ = try world.payments.end(.capture(captured), for: mobilab)
        world.provider.answers(.approved(ProviderApproval(id: ProviderTransactionID("re_1"))))
        _ = try world.payments.refund(.make(captured, amount: 100), for: mobilab)
        for news in try [
            ProviderNotification.News.paid(.make()), .held(expires: nil), .refunded(total: 100),
            .refund(.init(id: ProviderTransactionID("re_1"), reference: nil), .approved(.init(id: pi))),
        ] { _ = try told(captured, news) }
        #expect(try world.payment(captured).operations.map(\.action) == [.preauthorization, .capture, .refund])
        let reversed = try charged(
            .preauthorization, .approved(ProviderApproval(id: pi)), key: "key-0000000002", payment: "pi_2")
        _ = try world.payments.end(.reversal(reversed), for: mobilab)
        _ = try told(reversed, .cancelled, "pi_2")
        #expect(try world.payment(reversed).operations.map(\.action) == [.preauthorization, .reversal])
    }

    @Test func `what was captured and refunded at the provider is taken over`() throws {
        let id = try charged(.preauthorization, .approved(ProviderApproval(id: pi)))
        _ = try told(id, .paid(.make(250)))
        _ = try told(id, .refunded(total: 50))
        let payment = try world.payment(id)
        #expect(payment.operations.map(\.action) == [.preauthorization, .capture, .refund])
        #expect(payment.operations.map(\.amount.minorUnits) == [300, 250, 50])
        world.provider.answers(ScriptedProvider.approve)
        #expect(
            refusal { () throws(PaymentError) in
                _ = try world.payments.refund(try .make(id, amount: 201), for: mobilab)
            }?.number == "3018")
        #expect(try world.payments.refund(.make(id, amount: 200), for: mobilab).result.status == .success)
    }

    @Test func `a total does not settle a refund of ours whose end is not known`() throws {
        let id = try charged(.authorization, .approved(ProviderApproval(id: pi)))
        world.provider.answers(.unknown)
        _ = try world.payments.refund(.make(id, amount: 100), for: mobilab)
        _ = try told(id, .refunded(total: 100))
        #expect(try world.payment(id).operations.map(\.state) == [.succeeded, .unknown])
        // It was somebody else's refund: ours never arrived.
        world.provider.finds(.absent)
        world.clock.advance(minutes: 2)
        _ = try world.payments.settle(atMost: 10)
        let operations = try world.payment(id).operations
        #expect(operations.map(\.action) == [.authorization, .refund, .refund])
        #expect(operations.map(\.state) == [.succeeded, .failed, .succeeded])
    }

    @Test func `a refund that comes back is a FAIL, and may be given again`() throws {
        let id = try charged(.authorization, .approved(ProviderApproval(id: pi)))
        world.provider.answers(.approved(ProviderApproval(id: ProviderTransactionID("re_1"))))
        _ = try world.payments.refund(.make(id, amount: 300), for: mobilab)
        let refund = ProviderNotification.Refund(id: ProviderTransactionID("re_1"), reference: nil)
        _ = try told(id, .refund(refund, .declined("The account is closed.", id: nil)))
        #expect(try world.payments.refund(.make(id, amount: 300), for: mobilab).result.status == .fail)
        _ = try told(id, .refund(refund, .approved(ProviderApproval(id: refund.id))))
        #expect(try world.payment(id).operations.last?.state == .failed, "older news that came late")
        let again = try RefundCommand.make(id, key: "refund-0000002", amount: 300)
        #expect(try world.payments.refund(again, for: mobilab).result.status == .success)
    }

    @Test func `a refund that was thought lost and arrived all the same is a SUCCESS`() throws {
        let id = try charged(.authorization, .approved(ProviderApproval(id: pi)))
        world.provider.answers(.unknown)
        _ = try world.payments.refund(.make(id, amount: 300), for: mobilab)
        world.provider.finds(.absent)
        world.clock.advance(minutes: 2)
        _ = try world.payments.settle(atMost: 10)
        #expect(try world.payments.refund(.make(id, amount: 300), for: mobilab).result.status == .fail)
        let refund = ProviderNotification.Refund(id: ProviderTransactionID("re_1"), reference: "\(id)-1")
        _ = try told(id, .refund(refund, .approved(ProviderApproval(id: refund.id))))
        #expect(try world.payments.refund(.make(id, amount: 300), for: mobilab).result.status == .success)
    }

    @Test func `a refused request that succeeded all the same is not made again`() throws {
        world.provider.answers(.failed("No."))
        let command = try command(.authorization)
        _ = refusal { () throws(PaymentError) in _ = try world.payments.charge(command, for: mobilab) }
        let id = try #require(world.provider.calls.first).payment
        #expect(try told(id, .paid(nil)) == .applied)
        #expect(try world.payments.charge(command, for: mobilab).result.status == .success)
        #expect(world.provider.calls.count == 1)
    }

    @Test(arguments: Orders.all)
    func `the end does not depend on the order of the news`(orders: Orders) throws {
        var ends: Set<String> = []
        for (index, order) in orders.permutations.enumerated() {
            let number = ProviderTransactionID("pi_\(index)")
            let id = try charged(
                orders.kind, .pending(nil), key: "key-number-\(index)", payment: number.text)
            for news in order { _ = try told(id, news, number.text) }
            let payment = try world.payment(id)
            let rows = payment.operations.map { "\($0.action.rawValue) \($0.status.rawValue)" }.sorted()
            ends.insert("\(payment.present?.rawValue ?? "nothing"): \(rows.joined(separator: ", "))")
        }
        #expect(ends == [orders.end])
    }

    struct Orders: Sendable {
        let kind: ChargeCommand.Kind
        let news: [ProviderNotification.News]
        let end: String

        static let all = [
            Orders(
                kind: .preauthorization, news: [.held(expires: nil), .cancelled],
                end: "REVERSAL: PREAUTH SUCCESS, REVERSAL SUCCESS"),
            Orders(
                kind: .preauthorization, news: [.held(expires: nil), .paid(nil), .refunded(total: 300)],
                end: "REFUND: CAPTURE SUCCESS, PREAUTH SUCCESS, REFUND SUCCESS"),
            Orders(
                kind: .authorization, news: [.failed("Try again"), .paid(nil), .refunded(total: 100)],
                end: "REFUND: AUTH SUCCESS, REFUND SUCCESS"),
            Orders(
                kind: .authorization,
                news: [
                    .paid(nil), .disputed(ProviderTransactionID("dp_1"), .sample),
                    .disputeWon(ProviderTransactionID("dp_1"), .sample),
                ],
                end: "AUTH: AUTH SUCCESS, CHARGEBACK SUCCESS, CHARGEBACK_REVERSED SUCCESS"),
        ]

        var permutations: [[ProviderNotification.News]] {
            news.indices.reduce([[]] as [[Int]]) { partial, _ in
                partial.flatMap { chosen in news.indices.filter { !chosen.contains($0) }.map { chosen + [$0] } }
            }.map { $0.map { news[$0] } }
        }
    }

    @Test func `news before our call has answered is believed, and the answer then changes nothing`() throws {
        let (world, pi) = (world, pi)
        let command = try command(.authorization)
        world.provider.answers { operation in
            let event = ProviderNotification(
                event: "evt_early", provider: .stripe, mode: .test, account: StripeAccountID("acct_1"),
                payment: operation.payment,
                providerID: pi, news: .paid(nil))
            _ = try? world.payments.apply(event)
            return .unknown
        }
        #expect(try world.payments.charge(command, for: mobilab).result.status == .success)
    }

    @Test func `our id in somebody else's account proves nothing`() throws {
        let id = try charged(.authorization, .pending(pi))
        var forged = notification(id, .paid(nil))
        forged.account = StripeAccountID("acct_2")
        #expect(try world.payments.apply(forged).result == .unknownPayment)
        forged = notification(id, .paid(nil))
        forged.providerID = ProviderTransactionID("pi_other")
        #expect(try world.payments.apply(forged).result == .unknownPayment)
        forged = notification(id, .paid(nil))
        forged.mode = .live
        #expect(try world.payments.apply(forged).result == .unknownPayment)
        forged = notification(PaymentID("nobody's"), .paid(nil))
        #expect(try world.payments.apply(forged).result == .unknownPayment)
        #expect(try world.payment(id).operations.first?.state == .pending)
    }

    @Test func `without our id a payment is found by the provider's`() throws {
        let id = try charged(.authorization, .pending(pi))
        var event = notification(id, .paid(nil))
        event.payment = nil
        #expect(try world.payments.apply(event).result == .applied)
        #expect(try world.payment(id).operations.first?.state == .succeeded)
        event.providerID = ProviderTransactionID("pi_other")
        event.event = "evt_other"
        #expect(try world.payments.apply(event).result == .unknownPayment)
    }

    // MARK: Parts

    private let pi = ProviderTransactionID("pi_1")

    private func command(_ kind: ChargeCommand.Kind, key: String = "key-0000000001") throws -> ChargeCommand {
        try .make(kind, key: key, alias: "aliasStripe")
    }

    /// - Parameter payment: the provider's id where the outcome has one.
    private func charged(
        _ kind: ChargeCommand.Kind, _ outcome: ProviderOutcome, key: String = "key-0000000001", payment: String = "pi_1"
    ) throws -> PaymentID {
        if case .approved(var approval) = outcome {
            approval.id = ProviderTransactionID(payment)
            world.provider.answers(.approved(approval))
        } else {
            world.provider.answers(outcome)
        }
        return try world.payments.charge(command(kind, key: key), for: mobilab).result.payment
    }

    private func told(
        _ id: PaymentID, _ news: ProviderNotification.News, _ payment: String = "pi_1"
    ) throws -> NotificationVerdict {
        let count = try world.payment(id).operations.count
        var event = notification(id, news, event: "evt_\(payment)_\(news)_\(count)")
        event.providerID = ProviderTransactionID(payment)
        return try world.payments.apply(event).result
    }

    private func notification(
        _ id: PaymentID, _ news: ProviderNotification.News, event: String = "evt_1"
    ) -> ProviderNotification {
        ProviderNotification(
            event: event, provider: .stripe, mode: .test, account: StripeAccountID("acct_1"), payment: id,
            providerID: pi,
            news: news)
    }
}
