import API
import Logging
import Payments
import Storage

extension Router {
    /// All routes over a store, as a configuration sets them up: for the service, and for an operator's command that
    /// runs without one.
    init(_ configuration: Configuration, over repository: JournalRepository, logger: Logger) {
        let clock = Clock.system
        self.init(
            routes: Routes.all(
                paths: configuration.paths,
                stash: StashEndpoints(
                    purchases: PurchaseService(repository: repository, clock: clock), logger: logger),
                stripe: nil, health: HealthEndpoint { repository.isWritable },
                operations: OperatorEndpoints(repository, clock)),
            authentication: Authentication(shops: configuration.shops, users: nil, clock: clock, logger: logger),
            apiKeyHeader: configuration.apiKeyParameter, logger: logger)
    }
}

extension OperatorEndpoints {
    fileprivate init(_ repository: JournalRepository, _ clock: Clock) {
        self.init(
            repository: repository, clock: clock, version: Version.text, isWritable: { repository.isWritable },
            makeSnapshot: { () throws(PaymentError) in
                do throws(StoreError) {
                    return try repository.makeSnapshot()
                } catch {
                    throw PaymentError(.unavailable, error.message)
                }
            })
    }
}
