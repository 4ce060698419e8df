/// Where a key, and everything done with it, belongs. Test money never meets production stock.
package enum PaymentEnvironment: String, Sendable, CaseIterable {
    case test = "TEST"
    case production = "PRODUCTION"
}
