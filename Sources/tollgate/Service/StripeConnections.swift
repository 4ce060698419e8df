import API
import Crypto
import Glibc
import Logging
import Payments
import Storage
import Stripe
import Synchronization

/// The Stripe accounts of events, over one store and through all reloads: which exchanges are under way is known in
/// here only, so there is one of these for each store.
final class StripeConnections: Sendable {
    private let authorizations: StripeAuthorizations
    private let inForce: StripeSettingsInForce
    private let clock: Clock
    private let logger: Logger
    private let registry: MetricsRegistry

    init(over repository: any Repository, _ clock: Clock, _ logger: Logger, _ registry: MetricsRegistry) {
        let inForce = StripeSettingsInForce()
        authorizations = StripeAuthorizations(
            repository: repository, sealing: inForce, surroundings: StripeSurroundings(clock, logger),
            settings: { inForce.settings })
        self.inForce = inForce
        self.clock = clock
        self.logger = logger
        self.registry = registry
    }

    /// At the start of the service, before any exchange: what an earlier process left unfinished is unknown now.
    func recover() {
        do throws(PaymentError) {
            _ = try authorizations.recover()
        } catch {
            logger.error("unfinished exchanges were not looked through", metadata: ["reason": "\(error.message)"])
        }
    }

    /// Tells Stripe what it could not be told before. Blocks; what fails again is reported and stays.
    ///
    /// - Parameter isWanted: asked before each call.
    func retryDeauthorizations(while isWanted: () -> Bool) {
        do throws(PaymentError) {
            let result = try authorizations.retryDeauthorizations(while: isWanted)
            guard result.done > 0 else { return }
            logger.notice("Stripe was told to let go", metadata: ["done": "\(result.done)", "left": "\(result.left)"])
        } catch {
            logger.error("deauthorizations were not repeated", metadata: ["reason": "\(error.message)"])
        }
    }

    /// Swaps the settings as a whole.
    ///
    /// - Parameter payments: what happens to the events about payments; nil where nobody wants them.
    /// - Returns: the endpoints of the routes, as these settings set them up.
    func putInForce(_ stripe: StripeSettings, payments: StripeWebhookHandler?) -> StripeEndpoints {
        let platform = stripe.platform.flatMap { client in
            stripe.publishableKey.map { publishableKey in
                StripePlatform(
                    clientID: client.clientID, publishableKey: publishableKey,
                    connect: CountedConnect(connect: StripeClient(client, logger: logger), registry: registry))
            }
        }
        let isLive = stripe.mode == .live
        let events = stripe.events
        inForce.replace(
            by: StripeAuthorizationSettings(events: events, isLive: isLive, platform: platform), sealing: stripe.sealing
        )
        let webhooks = StripeWebhooks(
            secrets: stripe.webhookSecrets, isLive: isLive, clock: clock,
            handlers: [.deauthorizations(authorizations)] + (payments.map { [$0] } ?? []))
        return StripeEndpoints(
            authorizations: authorizations,
            users: UserTokens(secret: stripe.tokenSecret, clock: clock) { events.user($0) != nil },
            origin: PublicOrigin(configured: stripe.publicURL?.text), connectURL: stripe.connectURL.text,
            webhooks: webhooks)
    }
}

/// What of the configuration the domain looks at, whenever it does.
private final class StripeSettingsInForce: Sealing {
    private struct State {
        var settings = StripeAuthorizationSettings(events: .empty, isLive: false, platform: nil)
        /// nil before a configuration with a key was put in force.
        var sealing: AESSealing?
    }

    private let state = Mutex(State())

    var settings: StripeAuthorizationSettings { state.withLock { $0.settings } }

    func replace(by settings: StripeAuthorizationSettings, sealing: AESSealing) {
        state.withLock { $0 = State(settings: settings, sealing: sealing) }
    }

    // MARK: Sealing

    var currentKey: String { state.withLock { $0.sealing?.currentKey ?? "" } }

    func seal(_ secret: [UInt8], for place: String) throws(PaymentError) -> SealedSecret {
        try sealing().seal(secret, for: place)
    }

    func open(_ sealed: SealedSecret, for place: String) throws(PaymentError) -> [UInt8] {
        try sealing().open(sealed, for: place)
    }

    private func sealing() throws(PaymentError) -> AESSealing {
        guard let sealing = state.withLock({ $0.sealing }) else {
            throw PaymentError(.unavailable, "There is no key to seal with.")
        }
        return sealing
    }
}

extension StripeSurroundings {
    fileprivate init(_ clock: Clock, _ logger: Logger) {
        self.init(
            clock: clock, digest: { Hexadecimal.text(SHA256.hash(data: $0)) },
            randomToken: {
                // 256 bits from the system's generator (getrandom(2)).
                var generator = SystemRandomNumberGenerator()
                return Hexadecimal.text((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
            },
            pause: { milliseconds in usleep(UInt32(clamping: milliseconds) &* 1000) },
            report: { notice in logger.log(level: notice.needsAttention ? .error : .notice, "\(notice.text)") })
    }
}

private enum Hexadecimal {
    /// Two lower-case digits for each byte.
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
    }
}
