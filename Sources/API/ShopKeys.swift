package import Payments
import Synchronization

/// A shop with the keys that speak for it.
///
/// A class, although it has no identity: every request looks through them, and a copy would count up three references.
package final class ShopKeys: Sendable {
    package let shop: Shop
    /// For the API-key route.
    package let purchaseKeys: [PurchaseAPIKey]
    /// For the signed routes.
    package let egressKeys: [EgressKey]
    /// Whether Stash's older signature, over the body alone, is still accepted.
    package let acceptsLegacySignature: Bool

    package init(
        shop: Shop, purchaseKeys: [PurchaseAPIKey], egressKeys: [EgressKey], acceptsLegacySignature: Bool = true
    ) {
        self.shop = shop
        self.purchaseKeys = purchaseKeys
        self.egressKeys = egressKeys
        self.acceptsLegacySignature = acceptsLegacySignature
    }
}

/// A key of the API-key route. A class for the same reason.
package final class PurchaseAPIKey: Sendable {
    package let name: String
    package let secret: Secret
    package let validity: KeyValidity
    package let use = KeyUse()

    package init(name: String, secret: Secret, validity: KeyValidity = .always) {
        self.name = name
        self.secret = secret
        self.validity = validity
    }
}

/// Stash's Egress API key: it signs what Stash sends.
package final class EgressKey: Sendable {
    package let name: String
    /// Kept for `SignatureDiagnosis`, which also tries the readings that are not configured.
    let secret: Secret
    /// The readings to try, in order.
    package let keys: [(reading: KeyReading, key: HMACKey)]
    package let validity: KeyValidity
    package let use = KeyUse()
    private let used = Atomic(false)

    package init(name: String, secret: Secret, reading: KeyReading, validity: KeyValidity = .always) {
        self.name = name
        self.validity = validity
        self.secret = secret
        keys = reading.keys(of: secret.bytes).map { ($0.reading, HMACKey($0.bytes)) }
    }

    /// True once, so that the reading that matched is logged once and not per request.
    func isFirstUse() -> Bool {
        !used.load(ordering: .relaxed) && !used.exchange(true, ordering: .relaxed)
    }
}
