import Synchronization

/// The Stripe accounts of events: connects, replaces and disconnects them, and says which event is linked.
///
/// Stripe revokes a connection whose code is used twice. So there is one exchange per code, ever, and one at a time per
/// event: the intent is durable before the call goes out, and nothing is sent again. What happens to an exchange whose
/// end is not known (no answer, a crash) is a state of its own, `unknown`, that blocks nothing but its code.
///
/// One per repository: it knows which exchanges are under way in this process. A reload swaps the settings only.
///
/// Methods that call Stripe block, and their results are durable when they return. All others return at once.
package final class StripeAuthorizations: Sendable {
    let repository: any Repository
    package let sealing: any Sealing
    let surroundings: StripeSurroundings
    let settings: @Sendable () -> StripeAuthorizationSettings
    /// The attempts this process is making now. An intent without its attempt in here has no known end.
    private let attempts = Mutex<Set<String>>([])
    /// One call about an account at a time.
    let deauthorizing = KeyedLocks()

    package init(
        repository: any Repository, sealing: any Sealing, surroundings: StripeSurroundings,
        settings: @escaping @Sendable () -> StripeAuthorizationSettings
    ) {
        self.repository = repository
        self.sealing = sealing
        self.surroundings = surroundings
        self.settings = settings
    }

    /// Runs `body` while the attempt counts as under way.
    func attempting<Result>(
        _ attempt: String, _ body: () throws(PaymentError) -> Result
    ) throws(PaymentError) -> Result {
        attempts.withLock { _ = $0.insert(attempt) }
        defer { attempts.withLock { _ = $0.remove(attempt) } }
        return try body()
    }

    /// Whether this process is exchanging that code now.
    func isUnderWay(_ code: StripeCode) -> Bool {
        code.state == .started && attempts.withLock { $0.contains(code.attempt) }
    }

    /// The events and users as the configuration knows them at this moment.
    package var events: EventDirectory { settings().events }
}
