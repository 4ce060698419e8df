/// What the Stripe authorization routes refuse for reasons of their own (contracts: Stripe authorization, section 2).
package enum ConnectionFault: Sendable, Equatable {
    /// The caller is known, but may not do this to this event.
    case forbidden
}
