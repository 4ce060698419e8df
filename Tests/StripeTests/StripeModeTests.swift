import Testing

@testable import Stripe

@Suite struct StripeModeTests {
    @Test func `the mode is written as the configuration writes it`() {
        #expect(StripeMode(rawValue: "live") == .live)
        #expect(StripeMode(rawValue: "Live") == nil)
    }
}
