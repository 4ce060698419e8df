/// Which of Stripe's two worlds a platform key belongs to; they share nothing.
package enum StripeMode: String, Sendable, CaseIterable {
    case test, live
}
