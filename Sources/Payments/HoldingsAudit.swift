/// Checks that what every player owns is the sum of what was granted: an invariant of the whole store.
///
/// It is shown every version of every purchase and of all holdings, in the order they were written.
package struct HoldingsAudit {
    private var granted: Set<DocumentID> = []
    private var sums: [DocumentID: [ItemID: Int64]] = [:]
    private var holdings: [DocumentID: Holdings] = [:]
    private var counts: [DocumentID: Int64] = [:]
    private var overflows: [DocumentID] = []

    package init() {}

    package var purchases: Int { granted.count }
    package var players: Int { holdings.count }

    package mutating func add(_ purchase: Purchase) {
        guard purchase.state == .confirmed, granted.insert(purchase.id).inserted else { return }
        let shop = Shop(id: purchase.purchaseKey.shop, environment: purchase.purchaseKey.environment)
        let player = Holdings.key(shop, purchase.player).id
        counts[player, default: 0] += 1
        for grant in purchase.grants {
            let present = sums[player]?[grant.item] ?? 0
            let (sum, overflow) = present.addingReportingOverflow(grant.quantity)
            if overflow { overflows.append(player) }
            sums[player, default: [:]][grant.item] = sum
        }
    }

    package mutating func add(_ holdings: Holdings) {
        self.holdings[holdings.id] = holdings
    }

    /// The first difference found, as a sentence; nil when everything adds up.
    package func difference() -> String? {
        if let player = overflows.first { return "the grants to \(player) add up to more than 63 bits" }
        for (player, items) in sums {
            let owned = holdings[player]?.items ?? []
            for (item, quantity) in items {
                let present = owned.first { $0.item == item }?.quantity ?? 0
                guard present == quantity else {
                    return "\(player) holds \(present) of \(item), and was granted \(quantity)"
                }
            }
        }
        for (player, holdings) in holdings {
            guard holdings.purchases == counts[player] ?? 0 else {
                return "\(player) counts \(holdings.purchases) purchases, and \(counts[player] ?? 0) are recorded"
            }
            for grant in holdings.items where sums[player]?[grant.item] == nil {
                return "\(player) holds \(grant.quantity) of \(grant.item), and was granted none"
            }
        }
        return nil
    }
}
