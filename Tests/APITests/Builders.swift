import Crypto
import FastCGI
import Foundation
import JSON
import Logging
import Payments
import Storage
import Testing

@testable import API

enum Sample {
    static let shop = "0f8fad5b-d9cb-469f-a165-70867728950e"
    static let secret = "-yBFao-02f4jSG2St9wBJktwlbrfBClOc5i94gcsUXY="
    static let now: Int64 = 1_753_993_257_000
    static let confirm = """
        {"playerId":"p-1","transactionId":"tx-1","currency":"USD","tax":99,"total":1098,"timeMillis":"1753993257000",\
        "items":[{"guid":"g-1","productId":"sword_123","quantity":1,"cents":999}]}
        """
    static let register = """
        {"playerId":"p-1","transactionId":"tx-1","currency":"USD",\
        "registrations":[{"guid":"g-1","productId":"sword_123","quantity":1,"cents":999}]}
        """
    static let cancel = #"{"playerId":"p-1","transactionId":"tx-1"}"#
    static let guide =
        #"{"transactionId":"abc123","items":[{"id":"sword_123","quantity":1},{"id":"shield_1234","quantity":1}]}"#
}

/// A header, the bytes it stands for, and how a real sender computes it: with swift-crypto's own HMAC, not ours.
enum Signer {
    static func v1(_ body: [UInt8], secret: [UInt8] = Array(Sample.secret.utf8), at time: Int64 = Sample.now) -> String
    {
        let code = code(Array("\(time).".utf8) + body, secret)
        return "v1;\(Sample.shop);\(time);\(code)"
    }

    static func legacy(_ body: [UInt8], secret: [UInt8] = Array(Sample.secret.utf8)) -> String {
        code(body, secret)
    }

    private static func code(_ message: [UInt8], _ secret: [UInt8]) -> String {
        Data(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: secret))).base64EncodedString()
    }
}

extension Request {
    static func make(
        _ path: String, _ body: [UInt8] = [], method: String = "POST", headers: [(String, String)] = [],
        contentType: String = "application/json", listener: Listener.Role = .public
    ) throws -> Request {
        let own = [
            ("REQUEST_METHOD", method), ("REQUEST_URI", path), ("CONTENT_TYPE", contentType),
            ("CONTENT_LENGTH", "\(body.count)"),
        ]
        return try Request(parameters: Parameters(own + headers), body: body, listener: listener)
    }
}

/// A response as a test reads it.
struct Answer: Equatable, CustomStringConvertible {
    let status: Int
    let body: String

    var description: String { "\(status) \(body)" }

    func contains(_ text: String) -> Bool { body.contains(text) }
}

/// The API over memory: what a request would get through a server.
struct Bench {
    let repository: MemoryRepository
    let router: Router
    let registry = MetricsRegistry()

    /// - Parameter pendingBytes: how much may wait for the journal, which settles nothing in these tests.
    init(
        policy: ShopPolicy = ShopPolicy(), acceptsLegacySignature: Bool = true, now: Int64 = Sample.now,
        pendingBytes: Int = 8 << 20
    ) {
        let shop = Shop(id: ShopID(Sample.shop), environment: .test, policy: policy)
        let keys = ShopKeys(
            shop: shop, purchaseKeys: [PurchaseAPIKey(name: "guide", secret: Secret(Array("cad1".utf8)))],
            egressKeys: [EgressKey(name: "studio-1", secret: Secret(Array(Sample.secret.utf8)), reading: .auto)],
            acceptsLegacySignature: acceptsLegacySignature)
        self.init(shops: [keys], now: now, pendingBytes: pendingBytes)
    }

    init(shops: [ShopKeys], now: Int64 = Sample.now, pendingBytes: Int = 8 << 20) {
        repository = MemoryRepository(settlesAtOnce: false, pendingBytes: pendingBytes, onDurable: { _ in })
        let clock = Clock { now }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        router = Router(
            routes: Routes.all(
                stash: StashEndpoints(
                    purchases: PurchaseService(repository: repository, clock: clock), logger: logger),
                stripe: nil, merchants: nil, health: HealthEndpoint { true },
                operations: .make(clock), metrics: MetricsEndpoint(registry: registry, collectors: [])),
            authentication: Authentication(shops: shops, users: nil, merchants: nil, clock: clock, logger: logger),
            registry: registry, logger: logger)
    }

    func send(_ request: Request) -> Answer {
        switch router.handle(request) {
        case .response(let response): Answer(response)
        case .blocking(let answer): Answer(answer())
        }
    }

    /// Posts with a right v1 signature.
    func signed(_ path: String, _ body: String) throws -> Answer {
        let bytes = Array(body.utf8)
        return send(try .make(path, bytes, headers: [("HTTP_X_STASH_HMAC_SIGNATURE", Signer.v1(bytes))]))
    }

    func confirm(_ body: String) throws -> Answer { try signed("/api/v1/purchase/confirm", body) }
    func register(_ body: String) throws -> Answer { try signed("/api/v1/purchase/register", body) }
    func cancel(_ body: String) throws -> Answer { try signed("/api/v1/purchase/cancel", body) }

    func purchase(
        _ body: String, player: String = "p-1", key: String? = "cad1", contentType: String = "application/json"
    ) throws -> Answer {
        let headers = key.map { [("HTTP_X_API_KEY", $0)] } ?? []
        return send(try .make("/purchase/\(player)", Array(body.utf8), headers: headers, contentType: contentType))
    }

    /// How many of an item the player holds.
    func holds(_ item: String, player: String = "p-1") throws -> Int64 {
        let id = Holdings.key(Shop(id: ShopID(Sample.shop), environment: .test), PlayerID(player))
        let holdings = try repository.transaction { transaction throws(PaymentError) in
            try transaction.get(Holdings.self, id)
        }.result
        return holdings?.items.first { $0.item == ItemID(item) }?.quantity ?? 0
    }
}

extension OperatorEndpoints {
    static func make(
        _ clock: Clock = Clock { Sample.now },
        reload: @escaping @Sendable (ReloadOffer) -> Result<ReloadReport, PaymentError> = { _ in
            .success(ReloadReport(summary: "1 shops", warnings: []))
        }
    ) -> OperatorEndpoints {
        OperatorEndpoints(
            repository: MemoryRepository(settlesAtOnce: true, onDurable: { _ in }), clock: clock,
            startedAt: clock.milliseconds(), version: "test", isWritable: { true },
            makeSnapshot: { () throws(PaymentError) in true }, reload: reload)
    }
}

extension Answer {
    init(_ response: Response) {
        self.init(status: response.status, body: String(decoding: response.body, as: UTF8.self))
    }
}

/// The contracts beside the checkout. Their data is test input only and not part of this repository.
enum Contracts {
    static let folder: URL? = {
        let environment = ProcessInfo.processInfo.environment["TOLLGATE_SHARED"].map { URL(fileURLWithPath: $0) }
        let beside = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../../shared")
        return [environment, beside].compactMap(\.self).map { $0.appending(path: "contracts/stash") }
            .first { FileManager.default.fileExists(atPath: $0.path) }
    }()

    static func json(_ name: String) throws -> JSONValue {
        let folder = try #require(Contracts.folder)
        return try JSONDocument(parsing: [UInt8](Data(contentsOf: folder.appending(path: name)))).root
    }
}
