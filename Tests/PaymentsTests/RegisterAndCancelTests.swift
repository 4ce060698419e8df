import Payments
import Testing

@Suite struct RegisterTests {
    let world = World()

    private func statuses(_ command: PurchaseCommand) throws -> [RegistrationStatus] {
        try world.service.register(command, in: world.shop).result.map(\.status)
    }

    @Test func `a registration holds every item and is repeated with the same verdicts`() throws {
        let command = PurchaseCommand.make(order: .registration(items: [.make(product: "a"), .make(product: "b")]))
        #expect(try statuses(command) == [.registered, .registered])
        #expect(try statuses(command) == [.registered, .registered])
        #expect(try world.purchase()?.state == .registered)
        #expect(try world.holds("a") == 0)
    }

    @Test func `a zero price or quantity refuses its item with a reason and holds nothing`() throws {
        let items: [OrderItem] = [.make(product: "a", cents: 0), .make(product: "b", quantity: 0), .make(product: "c")]
        #expect(
            try statuses(.make(order: .registration(items: items))) == [.invalidPrice, .invalidOffer, .invalidOffer])
        #expect(try world.purchase() == nil)
    }

    @Test func `other content while the first is reserved is refused and the first is kept`() throws {
        _ = try statuses(.make(order: .registration()))
        #expect(try statuses(.make(order: .registration(items: [.make(quantity: 2)]))) == [.invalidOffer])
        #expect(try statuses(.make(player: "p-2", order: .registration())) == [.invalidOffer])
        #expect(try world.purchase()?.order.items == [.make()])
    }

    @Test func `after its time the same content renews the registration, and other content is refused still`() throws {
        _ = try statuses(.make(order: .registration()))
        world.clock.advance(minutes: 60)
        #expect(try world.purchase()?.isExpired(at: world.clock.clock.milliseconds()) == true)
        #expect(try statuses(.make(order: .registration(items: [.make(quantity: 2)]))) == [.invalidOffer])
        #expect(try statuses(.make(player: "p-2", order: .registration())) == [.invalidOffer])
        #expect(try statuses(.make(order: .registration())) == [.registered])
        #expect(try world.purchase()?.isExpired(at: world.clock.clock.milliseconds()) == false)
        #expect(try world.service.confirm(.make(), in: world.shop).result.change == .made)
    }

    @Test func `a registration by guid or by product alone is confirmed by both`() throws {
        for (id, item) in [("t-1", OrderItem.make(product: nil)), ("t-2", .make(guid: nil))] {
            #expect(try statuses(.make(transaction: id, order: .registration(items: [item]))) == [.registered])
            let other = PurchaseCommand.make(transaction: id, order: .make(items: [.make(guid: "g-2", product: "bow")]))
            #expect(world.refusal(confirming: other) == .conflict)
            #expect(try world.service.confirm(.make(transaction: id), in: world.shop).result.change == .made)
        }
        #expect(try world.holds("sword_123") == 2)
    }

    @Test func `a repetition after the confirm gets the same verdict, other content does not`() throws {
        _ = try statuses(.make(order: .registration()))
        _ = try world.service.confirm(.make(), in: world.shop)
        #expect(try statuses(.make(order: .registration())) == [.registered])
        #expect(try statuses(.make(order: .registration(items: [.make(quantity: 2)]))) == [.invalidOffer])
        #expect(try world.purchase()?.state == .confirmed)
    }
}

@Suite struct CancelTests {
    let world = World()

    private func cancel(player: String = "p-1") throws -> CancellationStatus {
        try world.service.cancel(.make(player: player), in: world.shop).result
    }

    @Test func `a registration is cancelled once, and then refuses its confirm and its register`() throws {
        _ = try world.service.register(.make(order: .registration()), in: world.shop)
        #expect(try cancel() == .cancelled)
        #expect(try cancel() == .alreadyCancelled)
        #expect(world.refusal(confirming: .make()) == .conflict)
        let again = try world.service.register(.make(order: .registration()), in: world.shop)
        #expect(again.result.map(\.status) == [.invalidOffer])
        #expect(try world.holds("sword_123") == 0)
    }

    @Test func `a confirmed purchase is not cancelled`() throws {
        _ = try world.service.confirm(.make(), in: world.shop)
        #expect(try cancel() == .alreadyCompleted)
        #expect(try world.holds("sword_123") == 1)
    }

    @Test func `a cancel that overtakes its register leaves a tombstone`() throws {
        #expect(try cancel() == .transactionNotFound)
        #expect(try cancel() == .transactionNotFound)
        let late = try world.service.register(.make(order: .registration()), in: world.shop)
        #expect(late.result.map(\.status) == [.invalidOffer])
        #expect(world.refusal(confirming: .make()) == .conflict)
    }

    @Test func `a tombstone refuses only the player who cancelled`() throws {
        #expect(try cancel(player: "p-2") == .transactionNotFound)
        #expect(try world.service.confirm(.make(), in: world.shop).result.change == .made)
        #expect(try world.holds("sword_123") == 1)
        #expect(try world.service.cancel(.make(transaction: "t-2", player: "p-2"), in: world.shop).sequence > 0)
        let registered = try world.service.register(
            .make(transaction: "t-2", order: .registration()), in: world.shop)
        #expect(registered.result.map(\.status) == [.registered])
    }

    @Test func `another player's transaction looks like none`() throws {
        _ = try world.service.register(.make(order: .registration()), in: world.shop)
        #expect(try cancel(player: "p-2") == .transactionNotFound)
        #expect(try world.purchase()?.state == .registered)
    }

    @Test func `an expired registration is cancelled`() throws {
        _ = try world.service.register(.make(order: .registration()), in: world.shop)
        world.clock.advance(minutes: 61)
        #expect(try cancel() == .cancelled)
    }
}

@Suite struct AuthorizeTests {
    let world = World()
    let command = PurchaseCommand.make(
        order: Order(items: [.make(guid: nil, cents: 0), .make(guid: nil, product: "shield_1234", cents: 0)]))

    @Test func `one call grants, and its repetition does not`() throws {
        #expect(try world.service.authorize(command, in: world.shop).result.change == .made)
        #expect(try world.service.authorize(command, in: world.shop).result.change == .repeated)
        #expect(try world.holds("sword_123") == 1)
        #expect(try world.holds("shield_1234") == 1)
    }

    @Test func `one transaction is granted once, whichever route announces it`() throws {
        _ = try world.service.authorize(command, in: world.shop)
        #expect(world.refusal(confirming: .make()) == .conflict)
        _ = try world.service.confirm(.make(transaction: "tx-2"), in: world.shop)
        var other = command
        other.transaction = TransactionID("tx-2")
        #expect(world.refusal(authorizing: other) == .conflict)
        #expect(try world.holds("sword_123") == 2)
    }
}
