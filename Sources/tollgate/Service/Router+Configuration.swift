import API
import Logging
import Payments
import Storage

extension Router {
    /// All routes over a store, as a configuration sets them up: for the service, and for an operator's command that
    /// runs without one.
    ///
    /// - Parameter payments: the merchants' payments over the same store.
    init(
        _ configuration: Configuration, over repository: JournalRepository, payments: MerchantPayments, logger: Logger
    ) {
        let clock = Clock.system
        let connections = StripeConnections(over: repository, clock, logger)
        let merchants = payments.putInForce(configuration, connections, logger)
        let stripe = configuration.stripe.map {
            connections.putInForce($0, payments: payments.inForce.map { .payments($0.payments) })
        }
        self.init(
            routes: Routes.all(
                paths: configuration.paths,
                stash: StashEndpoints(
                    purchases: PurchaseService(repository: repository, clock: clock), logger: logger),
                stripe: stripe, merchants: merchants, health: HealthEndpoint { repository.isWritable },
                operations: OperatorEndpoints(repository, clock)),
            authentication: Authentication(
                shops: configuration.shops, users: stripe?.users, merchants: merchants?.merchants, clock: clock,
                logger: logger),
            apiKeyHeader: configuration.apiKeyParameter, logger: logger)
    }
}

extension OperatorEndpoints {
    fileprivate init(_ repository: JournalRepository, _ clock: Clock) {
        self.init(
            clock: clock, version: Version.text, isWritable: { repository.isWritable },
            makeSnapshot: { () throws(PaymentError) in
                do throws(StoreError) {
                    return try repository.makeSnapshot()
                } catch {
                    throw PaymentError(.unavailable, error.message)
                }
            })
    }
}

extension MerchantPayments {
    /// nil where the configuration says nothing of merchants.
    fileprivate func putInForce(
        _ configuration: Configuration, _ connections: StripeConnections, _ logger: Logger
    ) -> MerchantEndpoints? {
        guard let settings = configuration.merchants else {
            takeOutOfForce()
            return nil
        }
        let authorizations = connections.authorizations
        return putInForce(
            settings, stripe: nil,
            accounts: StripeAccounts { event, transaction throws(PaymentError) in
                try authorizations.connectedAccount(of: event, in: &transaction)
            })
    }
}
