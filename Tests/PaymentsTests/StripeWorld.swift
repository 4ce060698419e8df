import Glibc
import JSON
import Synchronization

@testable import Payments
@testable import Storage

/// The service over memory, a Stripe of closures, and what a test wants to know of both.
final class StripeWorld: Sendable {
    let repository: WitnessRepository
    let clock = ManualClock()
    let stripe = FakeStripe()
    let notices = Mutex<[StripeNotice]>([])
    let pauses = Atomic<Int>(0)
    let settings: Mutex<StripeAuthorizationSettings>
    let sealing: FakeSealing
    /// Whether a pause really takes time: only where threads wait for each other.
    let sleeps: Bool

    static let owner = UserID(1)
    static let organizer = UserID(2)
    static let coorganizer = UserID(3)
    static let stranger = UserID(4)
    static let admin = UserID(5)

    init(
        repository: WitnessRepository = WitnessRepository(), sealing: FakeSealing = FakeSealing(), sleeps: Bool = false
    ) {
        self.repository = repository
        self.sealing = sealing
        self.sleeps = sleeps
        settings = Mutex(
            StripeAuthorizationSettings(
                events: .sample, isLive: false,
                platform: StripePlatform(clientID: "ca_demo", publishableKey: "pk_test_PLAT", connect: stripe)))
    }

    /// A service as a process makes it at its start: it knows of no attempt.
    func makeService() -> StripeAuthorizations {
        StripeAuthorizations(
            repository: repository, sealing: sealing,
            surroundings: StripeSurroundings(
                clock: clock.clock, digest: { FakeDigest.text(of: $0) },
                randomToken: { "token-\(FakeDigest.next())" },
                pause: { milliseconds in
                    self.pauses.add(1, ordering: .relaxed)
                    if self.sleeps { usleep(UInt32(milliseconds) * 1000) }
                },
                report: { notice in self.notices.withLock { $0.append(notice) } }),
            settings: { self.settings.withLock { $0 } })
    }

    func configure(isLive: Bool = false, hasPlatform: Bool = true, events: EventDirectory = .sample) {
        let platform = StripePlatform(clientID: "ca_demo", publishableKey: "pk_test_PLAT", connect: stripe)
        settings.withLock {
            $0 = StripeAuthorizationSettings(
                events: events, isLive: isLive, platform: hasPlatform ? platform : nil)
        }
    }

    /// Everything reported so far, and forgets it.
    func takeNotices() -> [StripeNotice] {
        notices.withLock { notices in
            defer { notices = [] }
            return notices
        }
    }
}

/// What a call refused; nil when it did not.
func fault<Result>(_ call: () throws(PaymentError) -> Result) -> ConnectionFault? {
    guard let error = refusal(call), case .connection(let fault) = error.code else { return nil }
    return fault
}

func refusal<Result>(_ call: () throws(PaymentError) -> Result) -> PaymentError? {
    do throws(PaymentError) {
        _ = try call()
        return nil
    } catch {
        return error
    }
}

extension EventDirectory {
    /// The events and users of the demo.
    static let sample: EventDirectory = {
        var users: [UserID: EventUser] = [:]
        for (number, name) in [(1, "owner"), (2, "organizer"), (3, "coorganizer"), (4, "stranger"), (5, "admin")] {
            let id = UserID(Int64(number))
            users[id] = EventUser(id: id, name: name, isAdmin: number == 5)
        }
        var events: [EventID: OrganizedEvent] = [:]
        var identifiers: [EventIdentifier: EventID] = [:]
        for number in [1, 2, 3, 5, 6] as [Int64] {
            let event = OrganizedEvent(
                id: EventID(number), identifier: EventIdentifier("ev00000\(number)x"), name: "example",
                canPayByStripe: number != 5, owner: StripeWorld.owner, organizers: [StripeWorld.organizer],
                coorganizers: [StripeWorld.coorganizer])
            events[event.id] = event
            identifiers[event.identifier] = event.id
        }
        return EventDirectory(events: events, identifiers: identifiers, users: users)
    }()
}

/// Records what it is asked, and answers as a test tells it.
final class FakeStripe: StripeConnect {
    private struct State {
        var codes: [String] = []
        var deauthorized: [StripeAccountID] = []
        var answer: @Sendable (String) -> StripeExchange = { _ in .connected(.make()) }
        var deauthorization: StripeDeauthorization = .done
        var pauseMilliseconds = 0
    }

    private let state = Mutex(State())

    /// The codes that were sent, in order.
    var codes: [String] { state.withLock { $0.codes } }
    var deauthorized: [StripeAccountID] { state.withLock { $0.deauthorized } }

    func answers(_ answer: @escaping @Sendable (String) -> StripeExchange) {
        state.withLock { $0.answer = answer }
    }

    func answers(_ answer: StripeExchange) {
        answers { _ in answer }
    }

    /// - Parameter milliseconds: how long it takes to answer.
    func deauthorizes(_ answer: StripeDeauthorization, after milliseconds: Int = 0) {
        state.withLock { state in
            state.deauthorization = answer
            state.pauseMilliseconds = milliseconds
        }
    }

    func exchange(code: String) -> StripeExchange {
        let answer = state.withLock { state in
            state.codes.append(code)
            return state.answer
        }
        return answer(code)
    }

    func deauthorize(account: StripeAccountID) -> StripeDeauthorization {
        let (answer, pause) = state.withLock { state in
            state.deauthorized.append(account)
            return (state.deauthorization, state.pauseMilliseconds)
        }
        if pause > 0 { _ = Semaphore().wait(milliseconds: pause) }
        return answer
    }
}

extension StripeCredentials {
    static func make(
        account: String = "acct_USER", isLive: Bool = false, publishableKey: String? = "pk_test_PUB"
    ) -> StripeCredentials {
        var credentials = StripeCredentials(account: StripeAccountID(account), isLive: isLive)
        credentials.scope = "read_write"
        credentials.accessToken = Array("sk_test_ACC".utf8)
        credentials.refreshToken = Array("rt_REF".utf8)
        credentials.publishableKey = publishableKey
        return credentials
    }
}

/// Reversible, bound to its place and key, and not the clear text: enough to see what is sealed where.
struct FakeSealing: Sealing {
    var currentKey = "k1"
    var known: Set<String> = ["k1"]
    /// Whether no key is configured.
    var isBroken = false

    func seal(_ secret: [UInt8], for place: String) throws(PaymentError) -> SealedSecret {
        if isBroken { throw PaymentError(.unavailable, "no key") }
        let mark = Array(FakeDigest.text(of: Array("\(currentKey) \(place)".utf8)).utf8.prefix(16))
        return SealedSecret(key: currentKey, bytes: mark + secret.map { $0 ^ 0xA5 })
    }

    func open(_ sealed: SealedSecret, for place: String) throws(PaymentError) -> [UInt8] {
        let mark = Array(FakeDigest.text(of: Array("\(sealed.key) \(place)".utf8)).utf8.prefix(16))
        guard known.contains(sealed.key), sealed.bytes.starts(with: mark) else {
            throw PaymentError(.unavailable, "cannot be opened")
        }
        return sealed.bytes.dropFirst(mark.count).map { $0 ^ 0xA5 }
    }
}

/// Stands in for SHA-256: 64 digits that differ where the input differs (FNV-1a, four times).
enum FakeDigest {
    private static let counter = Atomic<Int>(0)

    static func next() -> Int { counter.add(1, ordering: .relaxed).newValue }

    static func text(of bytes: [UInt8]) -> String {
        var digits = ""
        for seed in 1...4 as ClosedRange<UInt64> {
            var hash = 0xCBF2_9CE4_8422_2325 ^ seed
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            let text = String(hash, radix: 16)
            digits += String(repeating: "0", count: 16 - text.count) + text
        }
        return digits
    }
}
