import CoreMetrics
import Synchronization

/// Sums of money by currency. Currencies are found as they come, and kept: a sale must not look one up by text anew.
package final class AmountMetrics: Sendable {
    /// More than there are currencies; what comes beyond is added up as `other`, which means nothing but that it came.
    private static let limit = 1000

    private struct Place: Hashable {
        let currency: String
        let environment: String
        let result: String
    }

    private let registry: MetricsRegistry
    private let counters = Mutex<[Place: Counter]>([:])

    package init(registry: MetricsRegistry) {
        self.registry = registry
    }

    /// - Parameters:
    ///   - environment: `TEST` or `PRODUCTION`; test money never enters a real sum.
    ///   - result: what became of the money, such as `granted`.
    package func add(_ minorUnits: Int64, currency: String, environment: String, result: String) {
        let place = Place(currency: currency, environment: environment, result: result)
        counters.withLock { counters in
            if let counter = counters[place] { return counter.increment(by: minorUnits) }
            let isKnown = counters.count < AmountMetrics.limit
            let counter = Counter(
                label: MetricName.amounts.rawValue,
                dimensions: [
                    ("currency", isKnown ? currency : "other"), ("environment", environment), ("result", result),
                ], factory: registry)
            if isKnown { counters[place] = counter }
            counter.increment(by: minorUnits)
        }
    }
}
