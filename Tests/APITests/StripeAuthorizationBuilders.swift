import Crypto
import FastCGI
import Foundation
import JSON
import Logging
import Payments
import Storage
import Synchronization
import Testing

@testable import API

/// Who asks, as the demo's users are called.
enum Person: Int64, Sendable, CaseIterable {
    case owner = 1
    case organizer, coorganizer, stranger, admin
    /// In no events' file.
    case gone = 99_999
}

/// Stripe as the tests want it: answers what it is told, and keeps what it was asked.
final class FakeConnect: StripeConnect {
    private struct State {
        var codes: [String] = []
        var deauthorized: [String] = []
        var answer: StripeExchange
    }

    private let state: Mutex<State>
    /// How long Stripe thinks, in milliseconds.
    private let delay: UInt32

    init(delay: UInt32 = 0, _ answer: StripeExchange = .connected(.make())) {
        self.delay = delay
        state = Mutex(State(answer: answer))
    }

    func answer(_ answer: StripeExchange) {
        state.withLock { $0.answer = answer }
    }

    /// The codes exchanged, in order.
    var codes: [String] { state.withLock { $0.codes } }
    var deauthorized: [String] { state.withLock { $0.deauthorized } }

    func exchange(code: String) -> StripeExchange {
        let answer = state.withLock { state in
            state.codes.append(code)
            return state.answer
        }
        if delay > 0 { usleep(delay * 1000) }
        return answer
    }

    func deauthorize(account: StripeAccountID) -> StripeDeauthorization {
        state.withLock { $0.deauthorized.append(account.text) }
        return .done
    }
}

extension StripeCredentials {
    static func make(account: String = "acct_USER", publishableKey: String? = "pk_test_PUB") -> StripeCredentials {
        var credentials = StripeCredentials(account: StripeAccountID(account), isLive: false)
        credentials.scope = "read_write"
        credentials.accessToken = Array("sk_test_ACC".utf8)
        credentials.refreshToken = Array("rt_REF".utf8)
        credentials.publishableKey = publishableKey
        return credentials
    }
}

/// A response as these tests read it.
struct Reply: CustomStringConvertible {
    let response: Response

    var status: Int { response.status }
    var text: String { String(decoding: response.body, as: UTF8.self) }
    var description: String { "\(status) \(text)" }

    func header(_ name: String) -> String? {
        response.headers.first { $0.name == name }?.value
    }

    /// The body with its members sorted and `status` as text, for comparison.
    var json: String { JSONCanon.text(text) }

    /// What makes a `Request` of a test's own compare with the contract's.
    var details: [String] {
        guard let document = try? JSONDocument(parsing: response.body) else { return [] }
        return document.root["errors"]?.elements.compactMap { $0["detail"]?.string } ?? []
    }
}

enum JSONCanon {
    static func text(_ text: String) -> String {
        guard let value = try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed),
            let data = try? JSONSerialization.data(
                withJSONObject: value, options: [.sortedKeys, .withoutEscapingSlashes, .fragmentsAllowed])
        else { return "no JSON: \(text)" }
        return String(decoding: data, as: UTF8.self)
    }
}

/// The API of Stripe authorizations over memory and a Stripe of the test's own.
struct StripeBench {
    static let secret = Secret(Array("demo-jwt-secret".utf8))
    static let webhookSecret = "whsec_test_secret"
    static let mediaType = "application/vnd.api+json"

    let repository = MemoryRepository(settlesAtOnce: true, onDurable: { _ in })
    let connect: FakeConnect
    let endpoints: StripeEndpoints
    let router: Router
    let clock: Clock

    init(
        connect: FakeConnect = FakeConnect(), isConfigured: Bool = true, publicURL: String? = nil,
        clock: Clock = Clock { Sample.now }, events: String = StripeBench.events
    ) {
        self.connect = connect
        self.clock = clock
        let directory = StripeBench.directory(events)
        let platform = StripePlatform(clientID: "ca_demo", publishableKey: "pk_test_PLAT", connect: connect)
        let settings = StripeAuthorizationSettings(
            events: directory, isLive: false, platform: isConfigured ? platform : nil)
        let authorizations = StripeAuthorizations(
            repository: repository, sealing: TestSealing(), surroundings: .make(clock: clock), settings: { settings })
        let users = UserTokens(secret: StripeBench.secret, clock: clock) { directory.user($0) != nil }
        let webhooks = StripeWebhooks(
            secrets: [Secret(Array("whsec_old".utf8)), Secret(Array(StripeBench.webhookSecret.utf8))], isLive: false,
            clock: clock, handlers: [.deauthorizations(authorizations)])
        endpoints = StripeEndpoints(
            authorizations: authorizations, users: users, origin: PublicOrigin(configured: publicURL),
            connectURL: "https://connect.stripe.example", webhooks: webhooks)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        router = Router(
            routes: Routes.all(
                stash: StashEndpoints(purchases: PurchaseService(repository: repository, clock: clock), logger: logger),
                stripe: endpoints, merchants: nil, health: HealthEndpoint { true }, operations: .make(clock),
                metrics: MetricsEndpoint(registry: MetricsRegistry(), collectors: [])),
            authentication: Authentication(shops: [], users: users, merchants: nil, clock: clock, logger: logger),
            registry: MetricsRegistry(), logger: logger)
    }

    /// The demo's events, all called "example".
    static let events: String = {
        let users = Person.allCases.filter { $0 != .gone }.map {
            #"{"id":\#($0.rawValue),"name":"user \#($0.rawValue)","isAdmin":\#($0 == .admin)}"#
        }
        let events = [1, 2, 3, 5, 6].map {
            #"""
            {"id":\#($0),"identifier":"ev00000\#($0)x","name":"example","canPayByStripe":\#($0 != 5),"owner":1,\#
            "organizers":[2],"coorganizers":[3]}
            """#
        }
        return #"{"users":[\#(users.joined(separator: ","))],"events":[\#(events.joined(separator: ","))]}"#
    }()

    private static func directory(_ text: String) -> EventDirectory {
        do {
            return try EventDirectory(json: try JSONDocument(parsing: Array(text.utf8)).root)
        } catch {
            Issue.record("the test's events: \(error)")
            return .empty
        }
    }

    func token(of person: Person, lifeSeconds: Int64 = 3600) -> String {
        UserTokenSigner(secret: StripeBench.secret, clock: clock).token(user: person.rawValue, lifeSeconds: lifeSeconds)
    }

    // MARK: Requests

    func send(_ request: Request) -> Reply {
        switch router.handle(request) {
        case .response(let response): Reply(response: response)
        case .blocking(let answer): Reply(response: answer())
        }
    }

    /// - Parameters:
    ///   - person: whose token is sent; nil for nobody's.
    ///   - contentType: what is sent with a body; GET and DELETE have none.
    func ask(
        _ method: String, _ path: String, as person: Person? = .owner, _ body: String? = nil,
        contentType: String? = nil, headers: [(String, String)] = []
    ) throws -> Reply {
        var own = [("REQUEST_METHOD", method), ("REQUEST_URI", path), ("HTTP_HOST", "localhost")]
        if let body { own.append(("CONTENT_LENGTH", "\(body.utf8.count)")) }
        if let type = contentType ?? (body == nil ? nil : StripeBench.mediaType) { own.append(("CONTENT_TYPE", type)) }
        if let person { own.append(("HTTP_AUTHORIZATION", "JWT \(token(of: person))")) }
        return send(
            try Request(parameters: Parameters(own + headers), body: Array((body ?? "").utf8), listener: .public))
    }

    func post(_ body: String, as person: Person? = .owner, query: String = "") throws -> Reply {
        try ask("POST", "/v1/stripe-authorizations\(query)", as: person, body)
    }

    func create(event: String = "1", code: String = "ac_ABC", as person: Person? = .owner) throws -> Reply {
        try post(StripeBench.body(event: event, code: code), as: person)
    }

    static func body(event: String = "1", code: String = "ac_ABC") -> String {
        #"""
        {"data":{"type":"stripe-authorization","attributes":{"stripe-auth-code":"\#(code)"},"relationships":\#
        {"event":{"data":{"type":"event","id":"\#(event)"}}}}}
        """#
    }

    /// The contract's document, A1.
    static func document(id: Int = 1, key: String = "pk_test_PUB") -> String {
        JSONCanon.text(
            #"""
            {"data":{"type":"stripe-authorization","id":"\#(id)","attributes":{"stripe-publishable-key":"\#(key)"},
            "relationships":{"event":{"links":{"self":"/v1/stripe-authorizations/\#(id)/relationships/event",
            "related":"/v1/stripe-authorizations/\#(id)/event"}}},"links":{"self":"/v1/stripe-authorizations/\#(id)"}},
            "links":{"self":"/v1/stripe-authorizations/\#(id)"},"jsonapi":{"version":"1.0"}}
            """#)
    }

    /// The contract's error document around its error objects.
    static func errors(_ objects: String) -> String {
        JSONCanon.text(#"{"errors":[\#(objects)],"jsonapi":{"version":"1.0"}}"#)
    }

    /// Whether the event says that it is linked.
    func isLinked(_ event: Int) throws -> Bool {
        try ask("GET", "/v1/events/\(event)", as: nil).text.contains(#""is-stripe-linked":true"#)
    }
}

/// No cipher: what matters here is that something goes through it.
struct TestSealing: Sealing {
    let currentKey = "test"

    func seal(_ secret: [UInt8], for place: String) throws(PaymentError) -> SealedSecret {
        SealedSecret(key: currentKey, bytes: secret.map { $0 ^ 0x5A })
    }

    func open(_ sealed: SealedSecret, for place: String) throws(PaymentError) -> [UInt8] {
        sealed.bytes.map { $0 ^ 0x5A }
    }
}

extension StripeSurroundings {
    static func make(clock: Clock) -> StripeSurroundings {
        StripeSurroundings(
            clock: clock,
            digest: { bytes in SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined() },
            randomToken: { UUID().uuidString + UUID().uuidString }, pause: { usleep(UInt32($0) * 1000) },
            report: { _ in })
    }
}
