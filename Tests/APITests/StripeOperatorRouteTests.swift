import FastCGI
import JSON
import Logging
import Payments
import Storage
import Synchronization
import Testing

@testable import API

/// `/operator/stripe/…`: what the operator's commands ask of a running service.
@Suite struct StripeOperatorRouteTests {
    /// Answers what it is told, for exchanges and deauthorizations alike.
    private final class Connect: StripeConnect {
        private struct State {
            var exchange: StripeExchange = .connected(.make())
            var deauthorization: StripeDeauthorization = .done
            var calls: [String] = []
        }

        private let state = Mutex(State())

        var calls: [String] { state.withLock { $0.calls } }

        func answer(_ exchange: StripeExchange) { state.withLock { $0.exchange = exchange } }
        func answer(_ deauthorization: StripeDeauthorization) {
            state.withLock { $0.deauthorization = deauthorization }
        }

        func exchange(code: String) -> StripeExchange {
            state.withLock { state in
                state.calls.append("exchange \(code)")
                return state.exchange
            }
        }

        func deauthorize(account: StripeAccountID) -> StripeDeauthorization {
            state.withLock { state in
                state.calls.append("deauthorize \(account)")
                return state.deauthorization
            }
        }
    }

    /// Keys whose values open with themselves alone.
    private final class Keys: Sealing {
        private let names: Mutex<[String]>

        init(_ names: String...) { self.names = Mutex(names) }

        func replace(by names: String...) { self.names.withLock { $0 = names } }

        var currentKey: String { names.withLock { $0.first ?? "" } }

        func seal(_ secret: [UInt8], for place: String) throws(PaymentError) -> SealedSecret {
            SealedSecret(key: currentKey, bytes: secret.map { $0 ^ 0x5A })
        }

        func open(_ sealed: SealedSecret, for place: String) throws(PaymentError) -> [UInt8] {
            guard names.withLock({ $0.contains(sealed.key) }) else {
                throw PaymentError(.unavailable, "The key is not configured.")
            }
            return sealed.bytes.map { $0 ^ 0x5A }
        }
    }

    private let connect = Connect()
    private let keys = Keys("k1")
    private let repository = MemoryRepository(settlesAtOnce: true, onDurable: { _ in })
    private let authorizations: StripeAuthorizations

    init() {
        let events = StripeOperatorRouteTests.events
        let platform = StripePlatform(clientID: "ca_demo", publishableKey: "pk_test_PLAT", connect: connect)
        authorizations = StripeAuthorizations(
            repository: repository, sealing: keys, surroundings: .make(clock: Clock { Sample.now }),
            settings: { StripeAuthorizationSettings(events: events, isLive: false, platform: platform) })
    }

    private static let events: EventDirectory = {
        do {
            return try EventDirectory(json: try JSONDocument(parsing: Array(StripeBench.events.utf8)).root)
        } catch {
            Issue.record("the test's events: \(error)")
            return .empty
        }
    }()

    private func ask(
        _ method: String, _ name: String, _ body: String = "", listener: Listener.Role = .admin,
        isConfigured: Bool = true
    ) throws -> Answer {
        let clock = Clock { Sample.now }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let router = Router(
            routes: StripeOperations(isConfigured ? authorizations : nil).routes,
            authentication: Authentication(shops: [], users: nil, merchants: nil, clock: clock, logger: logger),
            registry: MetricsRegistry(), logger: logger)
        let request = try Request.make(
            "/operator/stripe/\(name)", Array(body.utf8), method: method, listener: listener)
        return switch router.handle(request) {
        case .response(let response): Answer(response)
        case .blocking(let answer): Answer(answer())
        }
    }

    private func post(_ name: String, _ body: String = "{}") throws -> Answer { try ask("POST", name, body) }
    private func unknown() throws -> Answer { try ask("GET", "unknown") }

    private func create(_ code: String, event: Int64 = 1) {
        // Whether it succeeds is the test's business: Stripe answers what the test told it.
        _ = try? authorizations.create(code: code, event: EventID(event), by: UserID(1))
    }

    /// A deleted authorization of which Stripe could not be told.
    private func leaveDeauthorization() throws {
        create("ac_1")
        connect.answer(.failed("no answer"))
        _ = try authorizations.delete(.event(.id(EventID(1))), by: UserID(1))
    }

    @Test func `where everything has a known end nothing is listed`() throws {
        create("ac_1")
        #expect(try unknown() == Answer(status: 200, body: #"{"exchanges":[],"deauthorizations":[]}"#))
    }

    @Test func `an unknown exchange is listed, settled once, and its code is never sent again`() throws {
        connect.answer(.timedOut)
        create("ac_1")
        let digest = try #require(try authorizations.unknownExchanges().first).digest
        let listed = #"{"exchange":"\#(digest)","event":1,"user":1,"started":\#(Sample.now)}"#
        #expect(try unknown().body == #"{"exchanges":[\#(listed)],"deauthorizations":[]}"#)

        let settled = try post("settle", #"{"exchange":"\#(digest)"}"#)
        #expect(settled == Answer(status: 200, body: #"{"settled":true,"event":1}"#))
        #expect(try unknown().body == #"{"exchanges":[],"deauthorizations":[]}"#)
        #expect(try post("settle", #"{"exchange":"\#(digest)"}"#).status == 404)
        create("ac_1")
        #expect(connect.calls == ["exchange ac_1"])
    }

    @Test func `a pending deauthorization is listed with its account, and repeated until it is done`() throws {
        try leaveDeauthorization()
        #expect(
            try unknown().body == #"""
                {"exchanges":[],"deauthorizations":[{"authorization":1,"event":1,"live":false,"account":"acct_USER",\#
                "since":\#(Sample.now),"failures":1}]}
                """#)
        #expect(try post("retry") == Answer(status: 200, body: #"{"done":0,"left":1}"#))
        #expect(try unknown().contains(#""failures":2"#))
        connect.answer(.done)
        #expect(try post("retry") == Answer(status: 200, body: #"{"done":1,"left":0}"#))
        #expect(try post("retry") == Answer(status: 200, body: #"{"done":0,"left":0}"#))
        #expect(try unknown().body == #"{"exchanges":[],"deauthorizations":[]}"#)
        #expect(connect.calls.filter { $0 == "deauthorize acct_USER" }.count == 3)
    }

    @Test func `a deauthorization done by hand is settled, and not sent again`() throws {
        try leaveDeauthorization()
        #expect(
            try post("settle", #"{"deauthorization":1}"#) == Answer(status: 200, body: #"{"settled":true}"#))
        #expect(try post("settle", #"{"deauthorization":1}"#).status == 404)
        #expect(try post("retry") == Answer(status: 200, body: #"{"done":0,"left":0}"#))
    }

    @Test func `an account that cannot be opened is listed all the same`() throws {
        try leaveDeauthorization()
        keys.replace(by: "k2")
        #expect(try unknown().contains(#""live":false,"since""#))
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"exchange":""}"#, #"{"exchange":7}"#, #"{"exchange":"abc"}"#, #"{"deauthorization":0}"#,
        #"{"deauthorization":-1}"#, #"{"deauthorization":"x"}"#, #"{"deauthorization":9223372036854775808}"#,
        #"{"exchange":"\#(String(repeating: "A", count: 64))"}"#,
        #"{"exchange":"\#(String(repeating: "a", count: 64))","deauthorization":1}"#,
    ])
    func `a settlement that names nothing, or too much, is refused`(body: String) throws {
        #expect(try post("settle", body).status == 400)
    }

    @Test func `what is not on the list cannot be settled`() throws {
        #expect(try post("settle", #"{"exchange":"\#(String(repeating: "a", count: 64))"}"#).status == 404)
        #expect(try post("settle", #"{"deauthorization":9}"#).status == 404)
    }

    @Test func `a new key seals everything, and the old one is not needed any more`() throws {
        create("ac_1")
        keys.replace(by: "k2", "k1")
        #expect(
            try post("reseal", #"{"key":"k2"}"#)
                == Answer(status: 200, body: #"{"resealed":2,"untouched":0,"failed":[]}"#))
        #expect(
            try post("reseal", #"{"key":"k2"}"#)
                == Answer(status: 200, body: #"{"resealed":0,"untouched":2,"failed":[]}"#))
        keys.replace(by: "k2")
        #expect(try authorizations.account(of: EventID(1)).result == StripeAccountID("acct_USER"))
    }

    @Test func `what cannot be opened is named, without what is in it`() throws {
        create("ac_1")
        keys.replace(by: "k2")
        let answer = try post("reseal", #"{"key":"k2"}"#)
        #expect(answer.contains(#"{"resealed":0,"untouched":0,"failed":["stripe-authorization/1","stripe-account/"#))
        #expect(!answer.contains("acct_") && !answer.contains("sk_test"))
    }

    @Test func `with another key in force than the one expected nothing is sealed anew`() throws {
        create("ac_1")
        let refused = try post("reseal", #"{"key":"k2"}"#)
        #expect(refused.status == 409)
        #expect(refused.contains("systemctl reload tollgate"))
        #expect(try post("reseal").status == 400)
        #expect(try authorizations.authorization(StripeAuthorizationID(1))?.accessToken?.key == "k1")
    }

    @Test(arguments: [("GET", "unknown"), ("POST", "settle"), ("POST", "reseal"), ("POST", "retry")])
    func `they do not exist on the public socket`(_ method: String, _ name: String) throws {
        #expect(try ask(method, name, "{}", listener: .public) == Answer(status: 404, body: #"{"error":"Not found"}"#))
    }

    @Test func `without Stripe in the configuration each says so`() throws {
        for (method, name, body) in [
            ("GET", "unknown", ""), ("POST", "settle", #"{"deauthorization":1}"#), ("POST", "reseal", #"{"key":"k1"}"#),
            ("POST", "retry", "{}"),
        ] {
            let answer = try ask(method, name, body, isConfigured: false)
            #expect(answer.status == 404)
            #expect(answer.contains("The configuration has no"))
        }
    }

    @Test func `a retry that is stopped leaves the rest as it is`() throws {
        try leaveDeauthorization()
        #expect(try authorizations.retryDeauthorizations(while: { false }) == (0, 1))
        #expect(connect.calls.filter { $0 == "deauthorize acct_USER" }.count == 1)
        #expect(try unknown().contains(#""failures":1"#))
    }
}
