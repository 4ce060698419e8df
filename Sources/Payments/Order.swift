/// What is bought and for how much, as Stash stated it.
package struct Order: Sendable {
    /// ISO 4217, upper case; empty where the call carries none (the API-key route).
    package var currency: String
    package var items: [OrderItem]
    /// Items given on top; granted with the purchase.
    package var bonus: [Grant]
    /// Minor units; nil before the purchase is confirmed.
    package var total: UInt32?
    package var tax: UInt32

    package init(currency: String = "", items: [OrderItem], bonus: [Grant] = [], total: UInt32? = nil, tax: UInt32 = 0)
    {
        self.currency = currency
        self.items = items
        self.bonus = bonus
        self.total = total
        self.tax = tax
    }

    /// The same items at the same prices in the same currency, in any order: what a confirm must have in common with
    /// the registration it confirms.
    package func hasSameItems(as other: Order) -> Bool {
        currency.hasSameBytes(as: other.currency) && Order.isPermutation(items, other.items) { $0.agrees(with: $1) }
    }

    /// The same purchase in every respect that moves money or goods: what a repeated call must have in common with the
    /// first.
    package func hasSameContent(as other: Order) -> Bool {
        hasSameItems(as: other) && total == other.total && tax == other.tax
            && Order.isPermutation(bonus, other.bonus, by: ==)
    }

    /// What the player is given.
    package var grants: [Grant] {
        var grants: [Grant] = []
        grants.reserveCapacity(items.count + bonus.count)
        forEachGrant { grants.append($0) }
        return grants
    }

    /// What the player is given, one after the other: every item and every bonus item.
    func forEachGrant<Failure>(_ body: (Grant) throws(Failure) -> Void) throws(Failure) {
        for index in items.indices {
            try body(Grant(item: items[index].granted, quantity: Int64(items[index].quantity)))
        }
        for index in bonus.indices { try body(bonus[index]) }
    }

    /// The sum of the items and the tax, in minor units; nil when it does not fit 64 bits.
    package var expectedTotal: UInt64? {
        var sum = UInt64(tax)
        for item in items {
            let (amount, tooLarge) = UInt64(item.cents).multipliedReportingOverflow(by: UInt64(item.quantity))
            let (next, overflow) = sum.addingReportingOverflow(amount)
            if tooLarge || overflow { return nil }
            sum = next
        }
        return sum
    }

    /// Whether the shop is to be warned that `total` is not the sum of the items and the tax.
    ///
    /// - Throws: `invalid` where the shop rejects that.
    func totalDiffers(_ check: ShopPolicy.TotalCheck) throws(PaymentError) -> Bool {
        guard check != .off, let total, expectedTotal != UInt64(total) else { return false }
        if check == .reject { throw .invalid("total", "is not the sum of the items and the tax") }
        return true
    }

    /// Quadratic only when the order differs; the lists are bounded by the decoder.
    private static func isPermutation<Element>(
        _ left: [Element], _ right: [Element], by isSame: (Element, Element) -> Bool
    ) -> Bool {
        guard left.count == right.count else { return false }
        if zip(left, right).allSatisfy(isSame) { return true }
        var rest = right
        for element in left {
            guard let index = rest.firstIndex(where: { isSame(element, $0) }) else { return false }
            rest.remove(at: index)
        }
        return true
    }
}

/// One line of an order.
package struct OrderItem: Sendable, Equatable {
    /// Stash's id of the offer; nil where the call carries none.
    package var guid: ItemID?
    /// The SKU; nil where an old register names only the guid.
    package var product: ItemID?
    package var quantity: UInt32
    /// Price of one, in minor units; 0 on the API-key route, which carries no prices.
    package var cents: UInt32

    /// - Parameter product: or `guid`: one of the two must be given; the decoder sees to it.
    package init(guid: ItemID? = nil, product: ItemID?, quantity: UInt32, cents: UInt32 = 0) {
        self.guid = guid
        self.product = product
        self.quantity = quantity
        self.cents = cents
    }

    /// The same item at the same price. An id that only one of the two states says nothing: until 2025-11-01 a register
    /// named its items by either, and its confirm by both.
    func agrees(with other: OrderItem) -> Bool {
        guard quantity == other.quantity, cents == other.cents else { return false }
        let sameGUID = guid.flatMap { guid in other.guid.map { $0 == guid } }
        let sameProduct = product.flatMap { product in other.product.map { $0 == product } }
        return sameGUID != false && sameProduct != false && (sameGUID ?? sameProduct) == true
    }

    /// The id the player's holdings count it under.
    package var granted: ItemID {
        product ?? guid ?? ItemID("")
    }
}

/// A quantity of one item for one player.
package struct Grant: Sendable, Equatable {
    package var item: ItemID
    package var quantity: Int64

    package init(item: ItemID, quantity: Int64) {
        self.item = item
        self.quantity = quantity
    }
}
