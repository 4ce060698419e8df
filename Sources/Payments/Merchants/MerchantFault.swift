/// What the merchants' routes refuse for reasons of their own; each has a number on the wire
/// (contracts: authorization, section 4).
package enum MerchantFault: Sendable, Equatable {
    /// No active key of that kind and value.
    case unknownSecretKey
}
