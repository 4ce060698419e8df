package import Payments

/// Who is calling, as authentication found, and by which named key.
///
/// A class, although it has no identity: a request hands it on often, and a copy would count up four references.
package final class Caller: Sendable {
    package let principal: Principal
    /// The key's configured name; never the key.
    package let keyName: String
    package let scheme: Scheme
    /// How the key's text was read; nil for schemes that need no reading.
    package let reading: KeyReading?
    /// How far the signature's time was behind our clock, negative when ahead; nil for schemes without a time.
    package let skewMilliseconds: Int64?
    /// The use of the key; nil where none is remembered.
    let use: KeyUse.Moment?

    /// On whose behalf a request speaks.
    package enum Principal: Sendable {
        case shop(Shop)
        case merchant(MerchantCaller)
        /// Somebody who is logged in at Open Event.
        case user(UserID)
        /// Whoever can connect to the operator's socket, by their user id where the kernel tells it.
        case `operator`(user: UInt32?)
    }

    package enum Scheme: String, Sendable, CaseIterable {
        case apiKey = "api-key"
        case v1
        case legacy
        case secretKey = "secret-key"
        case publishableKey = "publishable-key"
        case token
        /// The right to connect to the operator's socket.
        case socket
    }

    package init(
        _ principal: Principal, keyName: String, scheme: Scheme, reading: KeyReading? = nil,
        skewMilliseconds: Int64? = nil, use: KeyUse.Moment? = nil
    ) {
        self.principal = principal
        self.keyName = keyName
        self.scheme = scheme
        self.reading = reading
        self.skewMilliseconds = skewMilliseconds
        self.use = use
    }
}

/// A caller whose key belongs to a shop.
package struct ShopCaller: Sendable {
    package let shop: Shop
    let caller: Caller

    /// What a purchase keeps about who vouched for it.
    var details: PurchaseDetails {
        var details = PurchaseDetails(keyName: caller.keyName, scheme: caller.scheme.rawValue)
        details.reading = caller.reading?.rawValue
        details.skewMilliseconds = caller.skewMilliseconds
        return details
    }
}
