import API
import Payments

/// What waits for somebody, read from the state when somebody asks.
struct OpenMetrics: Sendable {
    let repository: any Repository
    let clock: Clock

    func write(to text: inout MetricsText) {
        let now = clock.milliseconds()
        // When the store fails, its own metrics say so; these are missing then.
        if let figures = try? OpenFigures(repository, now: now) {
            text.single(.pendingGrants, Double(figures.deliveries))
            let age = figures.oldestDelivery.map { max(0, Double(now - $0)) / 1000 } ?? 0
            text.single(.oldestGrant, age)
            text.single(.providerUnknown, Double(figures.unknown))
        }
        let verification = try? repository.transaction { transaction throws(PaymentError) in
            try transaction.get(VerificationRecord.self, VerificationRecord.only.id)
        }.result
        if let verification, verification.fault == nil {
            text.single(.lastVerification, Double(verification.at) / 1000)
        }
    }
}
