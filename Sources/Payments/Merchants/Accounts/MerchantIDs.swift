package enum MerchantOwner: Sendable {}
package enum AliasOwner: Sendable {}
package enum PaymentOwner: Sendable {}

/// Chosen by the operator: letters, digits, `.`, `_` and `-`.
package typealias MerchantID = ID<MerchantOwner>
/// 20 of `[A-Za-z0-9]`.
package typealias AliasID = ID<AliasOwner>
/// 20 of `[A-Za-z0-9]`, shared by all operations of one payment; the wire's `id` and `transactionId`.
package typealias PaymentID = ID<PaymentOwner>
