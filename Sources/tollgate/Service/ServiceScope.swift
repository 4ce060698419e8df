import API
import Logging
import Payments
import Synchronization

/// What stays when a reload replaces the configuration: the counters, the requests for reloads,
/// what is under way, and when it all began.
final class ServiceScope: Sendable {
    let registry = MetricsRegistry()
    let reloads = ReloadRequests()
    let startedAt: Int64
    let stripe: StripeConnections
    let payments: MerchantPayments
    private let repository: any Repository
    private let collectors = Mutex<[MetricsEndpoint.Collector]>([])

    init(over repository: any Repository, clock: Clock, logger: Logger) {
        self.repository = repository
        stripe = StripeConnections(over: repository, clock, logger, registry)
        payments = MerchantPayments(over: repository, clock, logger, registry)
        startedAt = clock.milliseconds()
    }

    /// Adds metrics that are read when somebody asks.
    func collect(_ collector: @escaping MetricsEndpoint.Collector) {
        collectors.withLock { $0.append(collector) }
    }

    /// What is counted or collected over the process's life, and the keys of a configuration.
    func metrics(of configuration: Configuration) -> MetricsEndpoint {
        let repository = repository
        // When the store fails, its own metrics say so; merchants' keys are missing then.
        let keys = KeyMetrics(configuration.shops) { (try? MerchantKeyEnds.all(in: repository)) ?? [] }
        return MetricsEndpoint(
            registry: registry,
            collectors: [
                { [self] text in for collector in collectors.withLock({ $0 }) { collector(&text) } },
                { text in keys.write(to: &text) },
            ])
    }
}
