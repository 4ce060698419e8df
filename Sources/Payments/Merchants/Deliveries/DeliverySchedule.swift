/// When a notification that failed is tried again: the schedule Standard Webhooks recommends
/// (https://github.com/standard-webhooks/standard-webhooks, "Retry schedule"). After the last attempt it is dead.
package enum DeliverySchedule {
    /// How long after the attempt before it each attempt comes.
    package static let delaysSeconds: [Int64] = [
        0, 5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600,
    ]

    /// - Parameter attempts: how many were made.
    /// - Returns: when the next one comes, milliseconds since the Unix epoch; nil when there is none.
    package static func next(after attempts: Int, now: Int64) -> Int64? {
        guard delaysSeconds.indices.contains(attempts) else { return nil }
        let (moment, overflow) = now.addingReportingOverflow(delaysSeconds[attempts] * 1000)
        return overflow ? nil : moment
    }
}
