import API
import Logging
import Payments
import Storage

extension Router {
    /// All routes over a store, as a configuration sets them up: for the service, and for an operator's command that
    /// runs without one.
    ///
    /// - Parameter scope: what outlives the configuration.
    init(
        _ configuration: Configuration, over repository: JournalRepository, in scope: ServiceScope, logger: Logger
    ) {
        let clock = Clock.system
        let merchants = scope.payments.putInForce(configuration)
        let stripe = configuration.stripe.map {
            scope.stripe.putInForce($0, payments: scope.payments.inForce.map { .payments($0.payments) })
        }
        self.init(
            routes: Routes.all(
                paths: configuration.paths,
                stash: StashEndpoints(
                    purchases: PurchaseService(repository: repository, clock: clock), logger: logger),
                stripe: stripe, merchants: merchants, health: HealthEndpoint { repository.isWritable },
                operations: OperatorEndpoints(repository, scope), metrics: scope.metrics(of: configuration)),
            authentication: Authentication(
                shops: configuration.shops, users: stripe?.users, merchants: merchants?.merchants, clock: clock,
                logger: logger),
            apiKeyHeader: configuration.apiKeyParameter, registry: scope.registry, logger: logger)
    }
}

extension OperatorEndpoints {
    fileprivate init(_ repository: JournalRepository, _ scope: ServiceScope) {
        self.init(
            repository: repository, clock: .system, startedAt: scope.startedAt, version: Version.text,
            isWritable: { repository.isWritable },
            makeSnapshot: { () throws(PaymentError) in
                do throws(StoreError) {
                    return try repository.makeSnapshot()
                } catch {
                    throw PaymentError(.unavailable, error.message)
                }
            }, reload: scope.reloads.submit)
    }
}

extension MerchantPayments {
    /// nil where the configuration says nothing of merchants.
    fileprivate func putInForce(
        _ configuration: Configuration
    ) -> MerchantEndpoints? {
        guard let settings = configuration.merchants else {
            takeOutOfForce()
            return nil
        }
        return putInForce(settings, platform: configuration.stripe?.platform)
    }
}
