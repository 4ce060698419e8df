/// What one player of one shop owns, in one environment: the sum of all grants.
package struct Holdings: Sendable {
    package let environment: PaymentEnvironment
    package let shop: ShopID
    package let player: PlayerID
    /// In the order of first grant.
    package private(set) var items: [Grant]
    /// How many purchases were granted.
    package private(set) var purchases: Int64
    let unknown: [UnknownMember]
    package let key: DocumentKey

    package init(_ shop: Shop, _ player: PlayerID) {
        self.init(shop, player, key: Holdings.key(shop, player))
    }

    /// - Parameter key: what `Holdings.key` makes of the other two.
    init(
        _ shop: Shop, _ player: PlayerID, key: DocumentKey, items: [Grant] = [], purchases: Int64 = 0,
        unknown: [UnknownMember] = []
    ) {
        environment = shop.environment
        self.shop = shop.id
        self.player = player
        self.key = key
        self.items = items
        self.purchases = purchases
        self.unknown = unknown
    }

    /// Adds what one purchase's order grants.
    ///
    /// - Throws: `invalid` when a quantity would no longer fit 63 bits; nothing is added then.
    package mutating func add(_ order: Order) throws(PaymentError) {
        var next = items
        try order.forEachGrant { grant throws(PaymentError) in
            guard let place = Holdings.place(of: grant.item, in: next.span) else { return next.append(grant) }
            let (sum, overflow) = next[place].quantity.addingReportingOverflow(grant.quantity)
            guard !overflow else {
                throw .invalid("quantity", "is more than the player can hold of one item")
            }
            next[place].quantity = sum
        }
        items = next
        purchases += 1
    }

    /// Looks through a span, which hands out no copies: each would count a reference up and down.
    private static func place(of item: borrowing ItemID, in items: Span<Grant>) -> Int? {
        for index in items.indices where items[index].item.text.hasSameBytes(as: item.text) { return index }
        return nil
    }

    package static func key(_ shop: Shop, _ player: PlayerID) -> DocumentKey {
        DocumentKey(Holdings.kind, shop.documentID(player.text))
    }
}
