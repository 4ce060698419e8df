import JSON
import Testing

@testable import Payments

@Suite struct PurchaseDocumentTests {
    private func bytes(_ document: some Document) -> [UInt8] {
        var writer = JSONWriter()
        document.write(to: &writer)
        return writer.bytes
    }

    private func full() -> Purchase {
        var details = PurchaseDetails.sample
        details.reading = "base64url"
        details.skewMilliseconds = -250
        details.decimalPlaces = 0
        details.completedAt = 1_753_993_257_000
        details.checkoutLink = "link"
        details.platform = "PURCHASE_PLATFORM_HOLOGRAM"
        details.source = "3"
        details.paymentMethod = "PAYMENT_METHOD_TYPE_CARD"
        details.region = "USA"
        details.loyalty = Array(#"{"totalPoints":5,"pointsDelta":-2}"#.utf8)
        let order = Order.make(
            items: [.make(), .make(guid: nil, product: "\u{E9}pee \"<&>\"\n", quantity: .max, cents: .max)],
            bonus: [Grant(item: ItemID("gem"), quantity: 7)], total: .max, tax: .max)
        return .confirmed(
            PurchaseKey(.make(), TransactionID("t/../\u{1F5E1}")), player: PlayerID("cafe\u{301}"), order: order,
            details: details, now: 5)
    }

    @Test func `a purchase is read as it was written`() throws {
        let purchase = full()
        let read = try Purchase(json: try JSONDocument(parsing: bytes(purchase)).root)
        #expect(bytes(read) == bytes(purchase))
        #expect(read.id == purchase.id)
        #expect(read.player == purchase.player)
        #expect(read.order.hasSameContent(as: purchase.order))
        #expect(read.grants == purchase.grants)
        #expect(read.details == purchase.details)
        #expect(read.history == purchase.history)
    }

    @Test func `members a newer version wrote survive`() throws {
        var text = String(decoding: bytes(full()), as: UTF8.self)
        text.removeLast()
        text += #","refunds":[{"at":1,"why":"a, b"}]}"#
        var purchase = try Purchase(json: try JSONDocument(parsing: Array(text.utf8)).root)
        _ = purchase.cancel(player: purchase.player, now: 9)
        #expect(String(decoding: bytes(purchase), as: UTF8.self).hasSuffix(#","refunds":[{"at":1,"why":"a, b"}]}"#))
    }

    @Test(arguments: ["environment", "shop", "transaction", "player", "state", "items", "key", "scheme"])
    func `a stored purchase without a member it must have is an error that names it`(name: String) throws {
        var text = String(decoding: bytes(full()), as: UTF8.self)
        text = text.replacing("\"\(name)\":", with: "\"x-\(name)\":")
        #expect { try Purchase(json: try JSONDocument(parsing: Array(text.utf8)).root) } throws: {
            ($0 as? DocumentError)?.message.contains("\"\(name)\"") == true
        }
    }

    @Test func `holdings are read as they were written`() throws {
        var holdings = Holdings(.make(), PlayerID("p"))
        let first = [Grant(item: ItemID("a"), quantity: 2), Grant(item: ItemID("b"), quantity: 1)]
        try holdings.add(Order(items: [], bonus: first))
        try holdings.add(Order(items: [], bonus: [Grant(item: ItemID("a"), quantity: 3)]))
        let read = try Holdings(json: try JSONDocument(parsing: bytes(holdings)).root)
        #expect(bytes(read) == bytes(holdings))
        #expect(read.items == [Grant(item: ItemID("a"), quantity: 5), Grant(item: ItemID("b"), quantity: 1)])
        #expect(read.purchases == 2)
    }
}
