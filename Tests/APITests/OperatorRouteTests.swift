import FastCGI
import JSON
import Logging
import Payments
import Storage
import Synchronization
import Testing

@testable import API

@Suite struct `The operator's routes` {
    /// Lines logged, as `message key=value …`.
    private final class Lines: LogHandler, Sendable {
        let lines = Mutex<[String]>([])
        var metadata: Logger.Metadata {
            get { [:] }
            set {}
        }
        var logLevel: Logger.Level {
            get { .info }
            set {}
        }
        subscript(metadataKey key: String) -> Logger.MetadataValue? {
            get { nil }
            set {}
        }

        func log(event: LogEvent) {
            let pairs = (event.metadata ?? [:]).map { "\($0)=\($1)" }.sorted().joined(separator: " ")
            lines.withLock { $0.append("\(event.message) \(pairs)") }
        }
    }

    private struct Rename: RequestBody {
        let name: ItemID
        init(_ body: WireObject, _ call: borrowing Call) throws(PaymentError) { name = try body.id("name") }
        var subject: String { name.text }
    }

    private struct Done: ResponseBody {
        func write(to writer: inout JSONWriter) {
            writer.beginObject()
            writer.endObject()
        }
    }

    private let lines = Lines()

    private func send(
        _ body: String, listener: Listener.Role = .admin, peerUser: UInt32? = 0, logged lines: Lines? = nil
    ) throws -> Answer {
        let lines = lines ?? self.lines
        let logger = Logger(label: "test") { _ in lines }
        let clock = Clock { Sample.now }
        let router = Router(
            routes: [
                .operatorPost("/operator/rename", lane: .blocking) {
                    (input: Rename, _) throws(PaymentError) in
                    guard input.name != ItemID("taken") else { throw PaymentError(.conflict, "It is taken.") }
                    return Committed(result: Done(), sequence: 0)
                }
            ], authentication: Authentication(shops: [], users: nil, merchants: nil, clock: clock, logger: logger),
            registry: MetricsRegistry(), logger: logger)
        let request = try Request(
            parameters: Parameters([
                ("REQUEST_METHOD", "POST"), ("REQUEST_URI", "/operator/rename"),
                ("CONTENT_TYPE", "application/json"), ("CONTENT_LENGTH", "\(body.utf8.count)"),
            ]), body: Array(body.utf8), listener: listener, peerUser: peerUser)
        return switch router.handle(request) {
        case .response(let response): Answer(response)
        case .blocking(let answer): Answer(answer())
        }
    }

    @Test func `a change is answered, and logged with who made it and what it was about`() throws {
        #expect(try send(#"{"name":"acme"}"#, peerUser: 1000) == Answer(status: 200, body: "{}"))
        #expect(
            lines.lines.withLock { $0 } == ["operator by=uid-1000 route=/operator/rename status=200 subject=acme"])
    }

    @Test func `a refusal is in the guide's form, and logged as well`() throws {
        #expect(
            try send(#"{"name":"taken"}"#, peerUser: nil) == Answer(status: 409, body: #"{"error":"It is taken."}"#))
        #expect(
            lines.lines.withLock { $0 } == ["operator by=operator route=/operator/rename status=409 subject=taken"])
    }

    @Test(arguments: ["", "[]", "{}", #"{"name":7}"#, "{"])
    func `a body that cannot be used is refused`(body: String) throws {
        #expect(try send(body).status == 400)
    }

    @Test func `they do not exist on the public socket`() throws {
        #expect(try send(#"{"name":"acme"}"#, listener: .public).status == 404)
        #expect(lines.lines.withLock { $0 }.isEmpty)
    }

    @Test func `the status and a snapshot can be asked for`() throws {
        let bench = Bench()
        let status = bench.send(try .make("/operator/status", method: "GET", listener: .admin))
        #expect(status.body == #"{"startedAt":1753993257000,"version":"test","ready":true}"#)
        let compact = bench.send(try .make("/operator/compact", Array("{}".utf8), listener: .admin))
        #expect(compact == Answer(status: 200, body: #"{"snapshot":true}"#))
    }
}
