import Foundation
import Glibc
import Logging
import Payments
import Synchronization

@testable import Stripe
@testable import fake_stripe

/// A fake Stripe on loopback and what talks to it.
final class Bench {
    let server: FakeServer
    let log = LogRecorder()
    private let timeoutMilliseconds: Int
    private let key: String

    init(key: String = "sk_test_PLATFORM", timeoutMilliseconds: Int = 5_000) throws {
        server = try FakeServer(port: 0)
        self.key = key
        self.timeoutMilliseconds = timeoutMilliseconds
        server.start()
    }

    deinit {
        server.stop()
    }

    func configuration() throws -> StripeConfiguration {
        try .make(
            key: key, base: "http://127.0.0.1:\(server.port)", timeoutMilliseconds: timeoutMilliseconds)
    }

    func exchange(_ code: String) throws -> StripeExchange {
        StripeClient(try configuration(), logger: log.logger).exchange(code: code)
    }

    func deauthorize(_ account: String) throws -> StripeDeauthorization {
        StripeClient(try configuration(), logger: log.logger).deauthorize(account: StripeAccountID(account))
    }

    var requests: [FakeRequest] { server.stripe.recorded }
}

extension StripeConfiguration {
    static func make(
        key: String = "sk_test_PLATFORM", base: String = StripeConfiguration.connectAddress,
        timeoutMilliseconds: Int = 5_000
    ) throws -> StripeConfiguration {
        var http = HTTPSettings(version: "1.2.3", authorities: .system)
        try http.setTimeouts(connectMilliseconds: timeoutMilliseconds, totalMilliseconds: timeoutMilliseconds)
        let base = try BaseURL(base)
        let mode: StripeMode = key.contains("_live_") ? .live : .test
        return try StripeConfiguration(
            key: PlatformKey(Array(key.utf8), mode: mode), clientID: "ca_PLATFORM", http: http, connectBase: base,
            apiBase: base)
    }
}

/// Every line logged, with its metadata.
final class LogRecorder: Sendable {
    private let lines = Mutex<[String]>([])

    var logger: Logger {
        Logger(label: "test") { _ in Handler(recorder: self) }
    }

    var text: String { lines.withLock { $0.joined(separator: "\n") } }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let metadata = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            let line = "\(event.level) \(event.message) \(metadata.joined(separator: " "))"
            recorder.lines.withLock { $0.append(line) }
        }
    }
}

/// Ports of this machine in states a server brings them into.
enum Port {
    /// Nobody listens there.
    static func closed() throws -> UInt16 {
        let server = try FakeServer(port: 0)
        server.stop()
        server.serve()  // closes the listening socket
        return server.port
    }
}

extension FakeRequest {
    /// A form as a test's own client would post it.
    static func make(_ path: String, fields: [String: String]) throws -> FakeRequest {
        let form = Form()
        for (name, value) in fields { form.add(name, value) }
        guard let request = FakeRequest(head: "POST \(path) HTTP/1.1\r\n\r\n", body: form.bytes) else {
            throw SettingError("not a request")
        }
        return request
    }
}
