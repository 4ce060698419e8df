import API
import Crypto
import Logging
import Payments
import Storage
import Stripe
import Synchronization

/// The merchants' payments, over one store and through all reloads: which requests are in flight is known in here only,
/// so there is one of these for each store.
final class MerchantPayments: Sendable {
    /// What a configuration makes of them.
    struct InForce: Sendable {
        let payments: AuthorizationService
        let deliveries: DeliveryService
        let settleSeconds: Int
    }

    /// How many card numbers were taken out of what merchants sent.
    let redactions = RedactionCount()
    /// What became of notifications.
    let deliveries: DeliveryCount
    private let repository: any Repository
    private let clock: Clock
    private let logger: Logger
    private let registry: MetricsRegistry
    private let locks = KeyedLocks()
    private let present = Mutex<InForce?>(nil)

    /// How long a repetition waits for the request it repeats: longer than a call to a provider, shorter than nginx's
    /// `fastcgi_read_timeout`.
    private static let waitMilliseconds = 30_000

    init(over repository: any Repository, _ clock: Clock, _ logger: Logger, _ registry: MetricsRegistry) {
        self.repository = repository
        self.clock = clock
        self.logger = logger
        self.registry = registry
        deliveries = DeliveryCount { isDelivered in
            registry.count(.grantAttempts, [("result", isDelivered ? "delivered" : "failed")])
        }
    }

    /// nil before a configuration with merchants was put in force.
    var inForce: InForce? { present.withLock { $0 } }

    /// - Parameter platform: how Stripe is reached; nil where it is not configured.
    /// - Returns: the endpoints of the routes, as these settings set them up.
    func putInForce(
        _ settings: MerchantSettings, platform: StripeConfiguration?
    ) -> MerchantEndpoints {
        let (random, digests) = (Randomness.system, Digests(pepper: settings.pepper))
        let stripe = platform.map { counted(StripeProvider($0, clock: clock, logger: logger), "STRIPE") }
        let accounts: any StripeAccounts =
            settings.sealing.map { StoredStripeAccounts(sealing: $0, digests: digests) } ?? NoStripeAccounts()
        let providers = ProviderRegistry(
            sandbox: counted(SandboxProvider(repository: repository), "SANDBOX"), stripe: stripe,
            stripeAccounts: accounts, others: [])
        let payments = AuthorizationService(
            repository: repository, clock: clock, random: random, digests: digests, providers: providers,
            redactions: redactions, locks: locks, waitMilliseconds: MerchantPayments.waitMilliseconds)
        let aliases = AliasService(
            repository: repository, clock: clock, random: random, digests: digests, providers: providers,
            redactions: redactions)
        let merchants = MerchantService(repository: repository, clock: clock, random: random, digests: digests)
        let deliveries = DeliveryService(
            repository: repository, clock: clock,
            sender: WebhookSender(sealing: settings.sealing, clock: clock, logger: logger), count: self.deliveries)
        if let demo = settings.demo { seed(demo, merchants, aliases) }
        let inForce = InForce(payments: payments, deliveries: deliveries, settleSeconds: settings.settleSeconds)
        present.withLock { $0 = inForce }
        return MerchantEndpoints(
            payments: payments, aliases: aliases, merchants: merchants,
            operations: MerchantOperatorEndpoints(
                merchants: merchants, payments: payments, deliveries: deliveries, sealing: settings.sealing,
                random: random))
    }

    private func counted(_ provider: any PaymentProvider, _ name: String) -> any PaymentProvider {
        CountedProvider(
            provider: provider, name: name, registry: registry, amounts: AmountMetrics(registry: registry))
    }

    /// Without one the routes are not there, and nothing is looked after.
    func takeOutOfForce() {
        present.withLock { $0 = nil }
    }

    // MARK: The demo

    /// Makes what is not there yet: what was changed since the first start stays changed.
    private func seed(_ demo: DemoMerchants, _ merchants: MerchantService, _ aliases: AliasService) {
        for merchant in demo.merchants {
            do throws(PaymentError) {
                try seed(merchant, merchants, aliases)
            } catch {
                logger.warning(
                    "the demo's merchant cannot be made",
                    metadata: ["merchant": "\(merchant.id)", "reason": "\(error.message)"])
            }
        }
    }

    private func seed(
        _ demo: DemoMerchant, _ merchants: MerchantService, _ aliases: AliasService
    ) throws(PaymentError) {
        let isKnown = try repository.transaction { transaction throws(PaymentError) in
            try transaction.get(Merchant.self, Merchant.key(demo.id)) != nil
        }.result
        if isKnown { return }
        let now = clock.milliseconds()
        for alias in demo.aliases { _ = try aliases.store(alias.alias(of: demo.id, created: now)) }
        _ = try merchants.add(demo.id, name: demo.name, allowsLive: false)
        for type in demo.providers {
            _ = try merchants.use(ProviderConfiguration(type: type, access: .sandbox), for: demo.id)
        }
        for key in demo.keys {
            _ = try merchants.importKey(
                key.text, for: demo.id, use: key.use, name: key.name, isActive: key.isActive)
        }
    }
}

/// Where nothing can be sealed, no account was ever stored.
private struct NoStripeAccounts: StripeAccounts {
    func connected(
        _ event: EventID, isLive: Bool, in transaction: inout Transaction
    ) throws(PaymentError) -> ConnectedAccount? { nil }

    func id(of account: DocumentID, in transaction: inout Transaction) throws(PaymentError) -> StripeAccountID? { nil }

    func document(_ account: StripeAccountID, isLive: Bool) -> DocumentID { DocumentID("") }
}

extension Randomness {
    /// The system's generator (getrandom(2)).
    static let system = Randomness { count in
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}

extension Digests {
    init(pepper: Secret) {
        let key = HMACKey(pepper.bytes)
        self.init(
            plain: { [UInt8](SHA256.hash(data: $0)) },
            keyed: { [UInt8](key.authenticationCode(prefix: [], message: $0)) })
    }
}
