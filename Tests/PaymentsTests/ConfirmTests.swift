import Payments
import Testing

@Suite struct ConfirmTests {
    let world = World()

    @Test func `a confirm without a register grants its items and its bonus`() throws {
        let order = Order.make(items: [.make(quantity: 3)], bonus: [Grant(item: ItemID("gem"), quantity: 7)])
        let confirmed = try world.service.confirm(.make(order: order), in: world.shop)
        #expect(confirmed.result.change == .made)
        #expect(confirmed.sequence > 0)
        #expect(try world.holds("sword_123") == 3)
        #expect(try world.holds("gem") == 7)
    }

    @Test func `the same confirm again succeeds and grants nothing more`() throws {
        for _ in 0..<3 { _ = try world.service.confirm(.make(), in: world.shop) }
        #expect(try world.service.confirm(.make(), in: world.shop).result.change == .repeated)
        #expect(try world.holds("sword_123") == 1)
    }

    @Test func `the same items in another order are the same content`() throws {
        let items: [OrderItem] = [.make(product: "a"), .make(product: "b")]
        _ = try world.service.confirm(.make(order: .make(items: items)), in: world.shop)
        let repeated = try world.service.confirm(.make(order: .make(items: items.reversed())), in: world.shop)
        #expect(repeated.result.change == .repeated)
        #expect(repeated.result.order.items == items)
    }

    @Test(arguments: [
        PurchaseCommand.make(player: "p-2"),
        .make(order: .make(total: 1099)),
        .make(order: .make(tax: 98)),
        .make(order: .make(currency: "EUR")),
        .make(order: .make(items: [.make(quantity: 2)])),
        .make(order: .make(items: [.make(cents: 998)])),
        .make(order: .make(items: [.make(product: "shield")])),
        .make(order: .make(items: [.make(), .make()])),
        .make(order: .make(bonus: [Grant(item: ItemID("gem"), quantity: 1)])),
    ])
    func `a confirm with other content than the first is a conflict and changes nothing`(
        other: PurchaseCommand
    ) throws {
        _ = try world.service.confirm(.make(), in: world.shop)
        #expect(world.refusal(confirming: other) == .conflict)
        #expect(try world.holds("sword_123") == 1)
        #expect(try world.holds("sword_123", player: "p-2") == 0)
    }

    @Test func `a registered purchase is confirmed with its own items only`() throws {
        _ = try world.service.register(.make(order: .registration()), in: world.shop)
        let dearer = PurchaseCommand.make(order: .make(items: [.make(cents: 1000)]))
        #expect(world.refusal(confirming: dearer) == .conflict)
        #expect(try world.service.confirm(.make(), in: world.shop).result.change == .made)
        #expect(try world.purchase()?.state == .confirmed)
    }

    @Test func `an expired registration is still confirmed`() throws {
        _ = try world.service.register(.make(order: .registration()), in: world.shop)
        world.clock.advance(minutes: 61)
        #expect(try world.service.confirm(.make(), in: world.shop).result.change == .made)
    }

    @Test func `a shop may demand that every confirm was registered`() throws {
        var policy = ShopPolicy()
        policy.confirmsWithoutRegister = false
        let world = World(shop: .make(policy: policy))
        #expect(world.refusal(confirming: .make()) == .conflict)
        _ = try world.service.register(.make(order: .registration()), in: world.shop)
        #expect(try world.service.confirm(.make(), in: world.shop).result.change == .made)
    }

    @Test(arguments: [(ShopPolicy.TotalCheck.off, false, false), (.warn, true, false), (.reject, false, true)])
    func `a total that is not the sum is let pass, reported or refused`(
        check: ShopPolicy.TotalCheck, reports: Bool, refuses: Bool
    ) throws {
        var policy = ShopPolicy()
        policy.totalCheck = check
        let world = World(shop: .make(policy: policy))
        let command = PurchaseCommand.make(order: .make(total: 1000))
        if refuses {
            #expect(world.refusal(confirming: command) == .invalid)
            #expect(try world.holds("sword_123") == 0)
        } else {
            #expect(try world.service.confirm(command, in: world.shop).result.totalDiffers == reports)
        }
    }

    @Test func `a confirmed purchase is repeated although the shop rejects its total by now`() throws {
        let command = PurchaseCommand.make(order: .make(total: 1000))
        _ = try world.service.confirm(command, in: world.shop)
        var policy = ShopPolicy()
        policy.totalCheck = .reject
        #expect(try world.service.confirm(command, in: .make(policy: policy)).result.change == .repeated)
    }

    @Test func `test and production, and two shops, do not share transactions or holdings`() throws {
        let production = Shop.make(environment: .production)
        let other = Shop.make(id: "shop-2")
        for shop in [world.shop, production, other] {
            #expect(try world.service.confirm(.make(), in: shop).result.change == .made)
        }
        #expect(try world.holds("sword_123") == 1)
    }

    @Test func `ids that differ only in Unicode normalisation are different ids`() throws {
        let composed = "caf\u{E9}"
        let decomposed = "cafe\u{301}"
        #expect(composed == decomposed, "Swift calls them equal, which is the trap")
        _ = try world.service.confirm(.make(transaction: "t-1", player: composed), in: world.shop)
        #expect(try world.holds("sword_123", player: decomposed) == 0)
        let second = try world.service.confirm(
            .make(transaction: "t-\(decomposed)", player: decomposed), in: world.shop)
        let third = try world.service.confirm(.make(transaction: "t-\(composed)", player: decomposed), in: world.shop)
        #expect([second.result.change, third.result.change] == [.made, .made])
        #expect(try world.holds("sword_123", player: decomposed) == 2)
    }

    @Test func `holdings that would overflow refuse the purchase whole`() throws {
        let shop = world.shop
        let id = Holdings.key(shop, PlayerID("p-1"))
        _ = try world.repository.transaction { transaction throws(PaymentError) in
            var holdings = Holdings(shop, PlayerID("p-1"))
            try holdings.add(Order(items: [], bonus: [Grant(item: ItemID("sword_123"), quantity: .max)]))
            transaction.put(holdings)
        }
        #expect(id.id.text == "TEST/shop-1/p-1")
        #expect(world.refusal(confirming: .make()) == .invalid)
        #expect(try world.purchase() == nil)
        #expect(try world.holds("sword_123") == .max)
    }

    @Test func `sums near the edges of 64 bits are a difference, never a trap`() throws {
        let items = [OrderItem](repeating: .make(quantity: .max, cents: .max), count: 100)
        let result = try world.service.confirm(.make(order: .make(items: items)), in: world.shop)
        #expect(result.result.totalDiffers)
    }
}
