import FastCGI
import Foundation
import Logging
import Payments
import Storage
import Testing

@testable import API

/// A method on a path, as `docs/openapi.yaml` and the routes table both know it.
private struct Operation: Hashable, CustomStringConvertible {
    let method: String
    let path: String

    var description: String { "\(method) \(path)" }
}

@Suite struct OpenAPITests {
    @Test func `the description has exactly the public routes`() throws {
        let routes = try Routes.make().filter { $0.listener == .public }
            .map { Operation(method: $0.method, path: $0.pattern.description) }
        let described = try OpenAPITests.described()
        #expect(Set(described).subtracting(routes) == [], "described, but no route")
        #expect(Set(routes).subtracting(described) == [], "a route, but not described")
        #expect(described.count == routes.count, "one of the two lists an operation twice")
    }

    /// The operations of `docs/openapi.yaml`, by indentation alone: a path is two spaces in under `paths:`, a method
    /// four. A file laid out otherwise yields none, and the comparison fails.
    private static func described() throws -> [Operation] {
        let file = URL(fileURLWithPath: #filePath).appending(path: "../../../docs/openapi.yaml").standardizedFileURL
        var section = ""
        var path = ""
        var operations: [Operation] = []
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
            let name = line.trimmingCharacters(in: CharacterSet(charactersIn: " :"))
            switch line.prefix(while: { $0 == " " }).count {
            case 0 where line.hasSuffix(":"): section = name
            case 2 where section == "paths" && name.hasPrefix("/"): path = name
            case 4 where section == "paths" && methods.contains(name):
                operations.append(Operation(method: name.uppercased(), path: path))
            default: continue
            }
        }
        return operations
    }

    private static let methods: Set<String> = ["get", "put", "post", "delete", "options", "head", "patch", "trace"]
}

extension Routes {
    /// The table as the service makes it, over nothing.
    fileprivate static func make() throws -> [Route] {
        let clock = Clock { Sample.now }
        let purchases = PurchaseService(
            repository: MemoryRepository(settlesAtOnce: true, onDurable: { _ in }), clock: clock)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return Routes.all(
            stash: StashEndpoints(purchases: purchases, logger: logger), stripe: StripeBench().endpoints,
            merchants: try MerchantBench().endpoints, health: HealthEndpoint { true }, operations: .make(),
            metrics: MetricsEndpoint(registry: MetricsRegistry(), collectors: []))
    }
}
