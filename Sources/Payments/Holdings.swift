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
    package let id: DocumentID

    package init(_ shop: Shop, _ player: PlayerID) {
        self.init(shop, player, items: [], purchases: 0, unknown: [])
    }

    init(_ shop: Shop, _ player: PlayerID, items: [Grant], purchases: Int64, unknown: [UnknownMember]) {
        environment = shop.environment
        self.shop = shop.id
        self.player = player
        id = Holdings.documentID(shop, player)
        self.items = items
        self.purchases = purchases
        self.unknown = unknown
    }

    /// Adds one purchase's grants.
    ///
    /// - Throws: `invalid` when a quantity would no longer fit 63 bits; nothing is added then.
    package mutating func add(_ grants: [Grant]) throws(PaymentError) {
        var next = items
        for grant in grants {
            if let index = next.firstIndex(where: { $0.item == grant.item }) {
                let (sum, overflow) = next[index].quantity.addingReportingOverflow(grant.quantity)
                guard !overflow else {
                    throw .invalid("quantity", "is more than the player can hold of one item")
                }
                next[index].quantity = sum
            } else {
                next.append(grant)
            }
        }
        items = next
        purchases += 1
    }

    package static func documentID(_ shop: Shop, _ player: PlayerID) -> DocumentID {
        DocumentID(shop.documentPrefix + player.text)
    }
}
