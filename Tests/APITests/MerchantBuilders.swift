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

/// The merchants' routes over memory and the sandbox, with the demo's merchants, keys and aliases.
struct MerchantBench {
    let repository = MemoryRepository(settlesAtOnce: true, onDurable: { _ in })
    let endpoints: MerchantEndpoints
    let payments: AuthorizationService
    let deliveries: DeliveryService
    let router: Router
    let redactions = RedactionCount()

    static let key = "mobilab-SecretKeyA0000000000"
    static let otherKey = "mobilab-SecretKeyB0000000000"
    static let inactiveKey = "mobilab-SecretKeyX0000000000"
    static let acmeKey = "acme-SecretKeyA0000000000"
    static let bareKey = "bare-SecretKeyA0000000000"
    static let publishableKey = "mobilab-PublicKeyA0000000000"

    /// - Parameter sender: what stands for the merchants' own servers.
    init(sealing: (any Sealing)? = TestSealing(), sender: any DeliverySender = RecordingSender()) throws {
        let clock = Clock { Sample.now }
        let pepper = HMACKey(Array("pepper".utf8))
        let digests = Digests(
            plain: { [UInt8](SHA256.hash(data: $0)) },
            keyed: { [UInt8](pepper.authenticationCode(prefix: [], message: $0)) })
        let random = Randomness { count in (0..<count).map { _ in UInt8.random(in: .min ... .max) } }
        let providers = ProviderRegistry(
            sandbox: SandboxProvider(repository: repository), stripe: nil,
            stripeAccounts: StoredStripeAccounts(sealing: TestSealing(), digests: digests), others: [])
        payments = AuthorizationService(
            repository: repository, clock: clock, random: random, digests: digests, providers: providers,
            redactions: redactions, locks: KeyedLocks(), waitMilliseconds: 5000)
        let aliases = AliasService(
            repository: repository, clock: clock, random: random, digests: digests, providers: providers,
            redactions: redactions)
        let merchants = MerchantService(repository: repository, clock: clock, random: random, digests: digests)
        deliveries = DeliveryService(
            repository: repository, clock: clock, sender: sender, count: DeliveryCount { _ in })
        endpoints = MerchantEndpoints(
            payments: payments, aliases: aliases, merchants: merchants,
            operations: MerchantOperatorEndpoints(
                merchants: merchants, payments: payments, deliveries: deliveries, sealing: sealing, random: random))
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        router = Router(
            routes: Routes.all(
                stash: StashEndpoints(purchases: PurchaseService(repository: repository, clock: clock), logger: logger),
                stripe: nil, merchants: endpoints, health: HealthEndpoint { true }, operations: .make(clock),
                metrics: MetricsEndpoint(registry: MetricsRegistry(), collectors: [])),
            authentication: Authentication(shops: [], users: nil, merchants: merchants, clock: clock, logger: logger),
            registry: MetricsRegistry(), logger: logger)
        try MerchantBench.seed(merchants, aliases)
    }

    private static func seed(_ merchants: MerchantService, _ aliases: AliasService) throws {
        for id in ["mobilab", "acme", "bare"] {
            _ = try merchants.add(MerchantID(id), name: id, allowsLive: false)
            guard id != "bare" else { continue }
            let sandbox = ProviderConfiguration(
                type: .bsPayone, access: .sandbox, settings: [.init(name: "portalId", value: "p-1")])
            _ = try merchants.use(sandbox, for: MerchantID(id))
        }
        let keys: [(String, MerchantKey.Use, Bool)] = [
            (key, .secret, true), (otherKey, .secret, true), (inactiveKey, .secret, false), (acmeKey, .secret, true),
            (bareKey, .secret, true), (publishableKey, .publishable, true),
        ]
        for (number, (text, use, isActive)) in keys.enumerated() {
            let merchant = MerchantID(String(text.prefix { $0 != "-" }))
            _ = try merchants.importKey(text, for: merchant, use: use, name: "key-\(number)", isActive: isActive)
        }
        for alias in Alias.demo { _ = try aliases.store(alias) }
    }

    func send(_ request: Request) -> Answer {
        switch router.handle(request) {
        case .response(let response): Answer(response)
        case .blocking(let answer): Answer(answer())
        }
    }

    /// How often the sandbox was called, all operations together.
    func calls() throws -> SandboxCalls {
        try repository.transaction { transaction throws(PaymentError) in
            try transaction.get(SandboxCalls.self, SandboxCalls.documentID)
        }.result ?? SandboxCalls()
    }
}

/// One request of a merchant, every part of it changeable.
struct MerchantCall: Sendable {
    var method = "PUT"
    var path = "/api/v1/authorization"
    /// FastCGI's names and values; nil values are not sent.
    var headers: [String: String?] = [
        "HTTP_SECRET_KEY": MerchantBench.key, "HTTP_IDEMPOTENT_KEY": "key-0000000001", "HTTP_PSP_TEST_MODE": "true",
    ]
    var contentType = "application/json"
    var body = MerchantCall.charge()

    static func charge(
        alias: String = "\"aliasOk0000000000000\"", amount: String = "300", currency: String = "\"EUR\"",
        reason: String = "\"Book\"", more: String = ""
    ) -> String {
        """
        {"aliasId":\(alias),"paymentData":{"amount":\(amount),"currency":\(currency),"reason":\(reason)}\(more)}
        """
    }

    func with(_ header: String, _ value: String?) -> MerchantCall {
        var call = self
        call.headers[header] = .some(value)
        return call
    }

    func with(body: String) -> MerchantCall {
        var call = self
        call.body = body
        return call
    }

    func with(path: String, method: String? = nil) -> MerchantCall {
        var call = self
        call.path = path
        call.method = method ?? call.method
        return call
    }

    func with(key: String) -> MerchantCall { with("HTTP_IDEMPOTENT_KEY", key) }

    func request() throws -> Request {
        let present = headers.compactMap { name, value in value.map { (name, $0) } }
        return try .make(path, Array(body.utf8), method: method, headers: present, contentType: contentType)
    }
}

extension MerchantBench {
    func send(_ call: MerchantCall) throws -> Answer { send(try call.request()) }

    /// The id of a payment just made.
    func paid(_ call: MerchantCall = MerchantCall(), status: String = "SUCCESS") throws -> String {
        let answer = try send(call)
        #expect(answer.status == 201, "\(answer)")
        #expect(answer.member("status") == status, "\(answer)")
        return try #require(answer.member("id"))
    }

    /// The id of a hold just made.
    func held(key: String = "hold-0000000001") throws -> String {
        try paid(MerchantCall(path: "/api/v1/preauthorization").with(key: key))
    }

    func capture(_ id: String, mode: String? = "true", key: String = MerchantBench.key) throws -> Answer {
        try send(
            MerchantCall(
                path: "/api/v1/preauthorization/\(id)/capture",
                headers: ["HTTP_SECRET_KEY": key, "HTTP_PSP_TEST_MODE": mode], contentType: "", body: ""))
    }

    func reverse(_ id: String, mode: String? = "true", key: String = MerchantBench.key) throws -> Answer {
        try send(
            MerchantCall(
                path: "/api/v1/preauthorization/\(id)/reverse",
                headers: ["HTTP_SECRET_KEY": key, "HTTP_PSP_TEST_MODE": mode], body: #"{"reason":"Cancelled"}"#))
    }

    func refund(
        _ id: String, amount: String = "300", key: String = "refund-00000001", secretKey: String = MerchantBench.key,
        currency: String = "EUR"
    ) throws -> Answer {
        try send(
            MerchantCall(
                path: "/api/v1/authorization/\(id)/refund",
                headers: ["HTTP_SECRET_KEY": secretKey, "HTTP_IDEMPOTENT_KEY": key, "HTTP_PSP_TEST_MODE": "true"],
                body: #"{"amount":\#(amount),"currency":"\#(currency)","reason":"Returned"}"#))
    }

    /// Posts to a route of the operator's socket.
    func operate(_ path: String, _ body: String) throws -> Answer {
        send(try .make(path, Array(body.utf8), listener: .admin))
    }
}

extension Answer {
    /// A text member of the body.
    func member(_ name: String) -> String? {
        (try? JSONDocument(parsing: Array(body.utf8)))?.root.member(named: name)?.string
    }

    /// `status code` and the description, as tables of refusals state it.
    var refusal: String { "\(status) \(member("error_code") ?? "-") \(member("error_description") ?? "-")" }
}

extension Alias {
    static let demo: [Alias] = [
        .demo("aliasOk0000000000000"), .demo("aliasDecline00000000", "psp-decline"),
        .demo("aliasPending00000000", "psp-pending"), .demo("aliasError0000000000", "psp-error"),
        .demo("aliasTimeout00000000", "psp-timeout"), .demo("aliasSepa00000000000", method: .sepa),
        .demo("aliasPartial00000000", method: nil), .demo("aliasInactive0000000", isActive: false),
        .demo("aliasAcme00000000000", merchant: "acme"), .demo("aliasBare00000000000", merchant: "bare"),
    ]

    private static func demo(
        _ id: String, _ providerAlias: String = "psp-ok", merchant: String = "mobilab", method: PaymentMethod? = .card,
        isActive: Bool = true
    ) -> Alias {
        Alias(
            id: AliasID(id), merchant: MerchantID(merchant), provider: .bsPayone, mode: .test,
            providerAlias: method == nil ? nil : providerAlias, details: method.map { AliasDetails(method: $0) },
            isActive: isActive, created: Sample.now)
    }
}

/// A merchant's server that takes everything, and remembers it.
final class RecordingSender: DeliverySender {
    private let taken = Mutex<[DeliveryMessage]>([])

    var messages: [DeliveryMessage] { taken.withLock { $0 } }

    func send(_ message: DeliveryMessage) -> DeliveryAnswer {
        taken.withLock { $0.append(message) }
        return .accepted("HTTP 201")
    }
}
