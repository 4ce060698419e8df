/// What became of one code of Stripe's: at most one exchange, ever, whichever event it was meant for.
///
/// ```
/// started → connected | refused | wrongMode | unknown → settled (by the operator)
/// started → notSent → started …
/// ```
/// The code itself is never stored, only its digest.
package struct StripeCode: Sendable {
    package let digest: String
    package private(set) var event: EventID
    package private(set) var user: UserID
    package private(set) var state: State
    /// Which of the process's attempts began it; its process knows whether it still goes on.
    private(set) var attempt: String
    /// Milliseconds since the Unix epoch.
    package private(set) var started: Int64
    package private(set) var ended: Int64?
    /// Stripe's sentence, with the code taken out of it.
    private var refusal: String?
    /// What it connected.
    package private(set) var authorization: StripeAuthorizationID?
    let unknown: [UnknownMember]

    package enum State: String, Sendable {
        /// The intent is recorded. Without its attempt (a crash) its end is unknown.
        case started
        case connected
        case refused
        /// It connected an account of the other mode, which was not stored.
        case wrongMode = "wrong_mode"
        /// It certainly was not used and may be sent again.
        case notSent = "not_sent"
        /// Nobody knows whether Stripe took it.
        case unknown
        /// It was unknown, and the operator has dealt with it.
        case settled
    }

    init(
        digest: String, event: EventID, user: UserID, state: State, attempt: String, started: Int64,
        ended: Int64? = nil, refusal: String? = nil, authorization: StripeAuthorizationID? = nil,
        unknown: [UnknownMember] = []
    ) {
        self.digest = digest
        self.event = event
        self.user = user
        self.state = state
        self.attempt = attempt
        self.started = started
        self.ended = ended
        self.refusal = refusal
        self.authorization = authorization
        self.unknown = unknown
    }

    /// How long an ended one is remembered. A code lives five minutes at Stripe; so long that no clock that jumps and no
    /// browser that was left open brings one back.
    package static let keptMilliseconds: Int64 = 7 * 24 * 3600 * 1000

    /// Whether it ended so long ago that it may be forgotten. One without a known end never is, settled or not: it may
    /// have connected an account that was connected again since, and each was looked at by a person.
    func isOver(at now: Int64) -> Bool {
        switch state {
        case .started, .unknown, .settled: return false
        case .connected, .refused, .wrongMode, .notSent:
            let (age, overflow) = now.subtractingReportingOverflow(ended ?? now)
            return !overflow && age > StripeCode.keptMilliseconds
        }
    }

    /// Begins anew with a code that was not used.
    mutating func restart(event: EventID, user: UserID, attempt: String, now: Int64) {
        self.event = event
        self.user = user
        self.attempt = attempt
        state = .started
        started = now
        ended = nil
    }

    mutating func end(_ state: State, now: Int64) {
        self.state = state
        ended = now
    }

    mutating func connect(_ authorization: StripeAuthorizationID, now: Int64) {
        end(.connected, now: now)
        self.authorization = authorization
    }

    /// - Parameter sentence: Stripe's; it may repeat the code, which must not be stored.
    mutating func refuse(_ sentence: String, code: String, now: Int64) {
        end(.refused, now: now)
        let stored = Array(sentence.utf8).replacing(Array(code.utf8), with: [StripeCode.placeOfCode])
        refusal = String(decoding: stored, as: UTF8.self)
    }

    /// Stripe's sentence as it was, told to somebody who has the code.
    func refusal(of code: String) -> String {
        let shown = Array((refusal ?? "").utf8).replacing([StripeCode.placeOfCode], with: Array(code.utf8))
        return String(decoding: shown, as: UTF8.self)
    }

    /// What is written of the refusal.
    var storedRefusal: String? { refusal }

    /// U+001A SUBSTITUTE: no printable sentence holds it.
    private static let placeOfCode: UInt8 = 0x1A
}
