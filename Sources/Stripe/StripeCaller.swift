import Glibc
import JSON
import Payments

/// Sends requests to Stripe's API on behalf of connected accounts, and repeats them where that is safe.
///
/// A repetition has the same `Idempotency-Key` and the same parameters, so that Stripe carries a request out once
/// (section 4.5). All repetitions together take little time: nginx waits for our answer.
struct StripeCaller: Sendable {
    private let configuration: StripeConfiguration
    private let http: HTTPClient
    private let log: StripeLog

    /// Statuses and members are those of this version (section 4.1).
    static let version = "2025-02-24.acacia"
    private static let maximumAttempts = 3
    private static let firstWaitMilliseconds: Int64 = 300
    /// After this no repetition is begun: see `HTTPSettings.totalSeconds`.
    private static let lastStartMilliseconds: Int64 = 2_500
    private static let maximumKeyBytes = 255
    /// A hundred payments with ten kilobytes each.
    private static let maximumListBytes = 1024 * 1024

    init(_ configuration: StripeConfiguration, log: StripeLog) {
        self.configuration = configuration
        http = HTTPClient(configuration.http)
        self.log = log
    }

    /// What a request came to.
    struct Reply {
        let outcome: HTTPOutcome
        /// The answer, when it is a JSON object.
        let root: JSONValue?
        /// Whether an earlier attempt may have arrived: then "refused now" does not mean that nothing happened.
        let mayHaveArrivedBefore: Bool
    }

    /// - Parameter isList: whether many objects may come.
    func get(_ path: String, _ operation: StaticString, account: StripeAccountID, isList: Bool = false) -> Reply {
        var request = request(.get, path, account: account, key: nil)
        if isList { request.maximumAnswerBytes = StripeCaller.maximumListBytes }
        return send(request, operation, account: account)
    }

    /// - Parameter key: the domain's; a request without a usable one is not sent.
    func post(
        _ path: String, _ form: Form, _ operation: StaticString, account: StripeAccountID, key: String
    ) -> Reply {
        guard (1...StripeCaller.maximumKeyBytes).contains(key.utf8.count) else {
            let outcome = HTTPOutcome.neverSent(reason: "the idempotency key is empty or too long")
            return Reply(outcome: outcome, root: nil, mayHaveArrivedBefore: false)
        }
        return send(request(.post(form), path, account: account, key: key), operation, account: account)
    }

    private func send(_ request: HTTPRequest, _ operation: StaticString, account: StripeAccountID) -> Reply {
        let started = StripeLog.milliseconds
        var mayHaveArrived = false
        var wait = StripeCaller.firstWaitMilliseconds
        var attempts = 0
        while true {
            attempts += 1
            let outcome = sendOnce(request, operation, account)
            let isLast =
                attempts >= StripeCaller.maximumAttempts
                || StripeLog.milliseconds - started + wait > StripeCaller.lastStartMilliseconds
            guard !isLast, outcome.isWorthRepeating else {
                return Reply(outcome: outcome, root: outcome.root, mayHaveArrivedBefore: mayHaveArrived)
            }
            mayHaveArrived = mayHaveArrived || outcome.mayHaveHappened
            usleep(UInt32(wait) * 1000)
            wait *= 3
        }
    }

    private func sendOnce(_ request: HTTPRequest, _ operation: StaticString, _ account: StripeAccountID) -> HTTPOutcome
    {
        let started = StripeLog.milliseconds
        let outcome = http.send(request)
        log.write(operation, outcome, account: account.text, result: outcome.word, started: started)
        return outcome
    }

    private func request(
        _ method: HTTPRequest.Method, _ path: String, account: StripeAccountID, key: String?
    ) -> HTTPRequest {
        var request = HTTPRequest(method, configuration.apiBase, path)
        request.add(header: "Authorization", Array("Bearer ".utf8) + configuration.key.bytes)
        request.add(header: "Stripe-Account", account.text.utf8)
        request.add(header: "Stripe-Version", StripeCaller.version.utf8)
        if let key { request.add(header: "Idempotency-Key", key.utf8) }
        return request
    }
}

extension HTTPOutcome {
    /// Whether the same request may well get another answer at once.
    fileprivate var isWorthRepeating: Bool {
        switch self {
        case .neverSent, .maybeSent(.broken, _): return true
        // No time is left, or the answer would be as large again.
        case .maybeSent(.timedOut, _), .maybeSent(.tooLarge, _): return false
        case .answered(let answer):
            if let said = answer.shouldRetry { return said }
            // A 500 is stored with its key, and would come again.
            return [409, 429, 502, 503, 504].contains(answer.status)
        }
    }

    fileprivate var mayHaveHappened: Bool {
        switch self {
        case .neverSent: false
        case .maybeSent: true
        // Requests that wait for another with their key, or for a free place, are not carried out. But the other one is.
        case .answered(let answer): answer.status != 429
        }
    }

    /// The answer as a JSON object.
    fileprivate var root: JSONValue? {
        guard case .answered(let answer) = self else { return nil }
        return StripeAnswer.object(answer.body)
    }

    fileprivate var word: String {
        switch self {
        case .answered(let answer): (200..<300).contains(answer.status) ? "accepted" : "refused"
        case .neverSent: "unreachable"
        case .maybeSent: "unknown"
        }
    }
}
