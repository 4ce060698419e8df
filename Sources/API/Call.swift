package import FastCGI
package import Payments

/// One authenticated request on its way to its endpoint.
package struct Call: Sendable {
    package let request: Request
    /// The pattern's parameters, in its order, percent-decoded.
    package let parameters: [String]
    /// nil only on routes that authenticate nobody.
    package let caller: Caller?

    /// The shop the caller's key belongs to.
    ///
    /// - Throws: `unauthenticated` on a route that was not told to authenticate one.
    package func requireShop() throws(PaymentError) -> ShopCaller {
        guard let caller, case .shop(let shop) = caller.principal else {
            throw PaymentError(.unauthenticated, "Unauthorized")
        }
        return ShopCaller(shop: shop, caller: caller)
    }

    /// The merchant whose key was sent.
    ///
    /// - Throws: `unauthenticated` on a route that was not told to authenticate one.
    package func requireMerchant() throws(PaymentError) -> MerchantCaller {
        guard let caller, case .merchant(let merchant) = caller.principal else {
            throw PaymentError(.unauthenticated, "Unauthorized")
        }
        return merchant
    }

    /// The user who is logged in.
    ///
    /// - Throws: `unauthenticated` on a route that was not told to authenticate one.
    package func requireUser() throws(PaymentError) -> UserID {
        guard let caller, case .user(let user) = caller.principal else {
            throw PaymentError(.unauthenticated, "Unauthorized")
        }
        return user
    }
}
