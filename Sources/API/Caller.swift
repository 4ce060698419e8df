package import Payments

/// Who is calling, as authentication found: the shop, and by which named key.
package struct Caller: Sendable {
    package let shop: Shop
    /// The key's configured name; never the key.
    package let keyName: String
    package let scheme: Scheme

    package enum Scheme: String, Sendable {
        case apiKey = "api-key"
        case v1
        case legacy
    }

    package init(shop: Shop, keyName: String, scheme: Scheme) {
        self.shop = shop
        self.keyName = keyName
        self.scheme = scheme
    }
}
