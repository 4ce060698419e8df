package import Payments

/// Who is calling, as authentication found, and by which named key.
package struct Caller: Sendable {
    package let principal: Principal
    /// The key's configured name; never the key.
    package let keyName: String
    package let scheme: Scheme
    /// Our clock minus the signature's time; nil where nothing was timed.
    package var clockSkewMilliseconds: Int64?

    /// On whose behalf a request speaks.
    package enum Principal: Sendable {
        case shop(Shop)
        /// Whoever can connect to the operator's socket, by their user id where the kernel tells it.
        case `operator`(user: UInt32?)
    }

    package enum Scheme: String, Sendable, CaseIterable {
        case apiKey = "api-key"
        case v1
        case legacy
        /// The right to connect to the operator's socket.
        case socket
    }

    package init(_ principal: Principal, keyName: String, scheme: Scheme) {
        self.principal = principal
        self.keyName = keyName
        self.scheme = scheme
    }
}

/// A caller whose key belongs to a shop.
package struct ShopCaller: Sendable {
    package let shop: Shop
    package let keyName: String
    package let scheme: Caller.Scheme
}
