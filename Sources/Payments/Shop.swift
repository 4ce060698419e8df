/// A shop in one environment, and what its owner decided where Stash's contract leaves it open.
///
/// A class, although it has no identity: there are few, every request hands one around, and a copy would count up seven
/// references.
package final class Shop: Sendable {
    package let id: ShopID
    package let environment: PaymentEnvironment
    package let policy: ShopPolicy
    /// What the ids of its documents begin with. Unambiguous whatever follows: neither part can hold a slash.
    private let documentPrefix: String

    package init(id: ShopID, environment: PaymentEnvironment, policy: ShopPolicy = ShopPolicy()) {
        self.id = id
        self.environment = environment
        self.policy = policy
        documentPrefix = environment.rawValue + "/" + id.text + "/"
    }

    /// The id of the shop's document of that name, made in one piece.
    func documentID(_ name: String) -> DocumentID {
        let (prefix, name) = (documentPrefix.utf8.span, name.utf8.span)
        return DocumentID(
            unsafe String(unsafeUninitializedCapacity: prefix.count + name.count) { buffer in
                let bytes = UnsafeMutableRawBufferPointer(buffer)
                unsafe prefix.withUnsafeBytes { unsafe bytes.copyMemory(from: $0) }
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[prefix.count...])
                unsafe name.withUnsafeBytes { unsafe rest.copyMemory(from: $0) }
                return bytes.count
            })
    }
}

package struct ShopPolicy: Sendable {
    /// Stash Pay's checkout links confirm without registering first.
    package var confirmsWithoutRegister = true
    package var totalCheck = TotalCheck.warn
    /// How long a registration is held. A confirm that comes later still succeeds.
    package var reservationMilliseconds: Int64 = 60 * 60 * 1000
    package var extraItems = ExtraItems()

    package init() {}

    /// Whether `total` must be the sum of the items and the tax. Stash does not promise it: discounts, credits and
    /// tax-inclusive prices break it.
    package enum TotalCheck: String, Sendable, CaseIterable {
        case off, warn, reject
    }

    /// The items granted for the three `extra…` numbers that confirm carried until 2026-02-25.
    package struct ExtraItems: Sendable {
        package var inGameCurrency = ItemID("in_game_currency")
        package var loyaltyPoints = ItemID("loyalty_points")
        package var loyaltyCredits = ItemID("loyalty_credits")

        package init() {}
    }
}
