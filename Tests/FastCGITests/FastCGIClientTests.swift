import Foundation
import Logging
import Testing

@testable import FastCGI

@Suite struct `A client of ours` {
    /// On the operator's socket, whose peers the server identifies.
    private func makeOperatorServer(_ respond: @escaping @Sendable (Request) -> Outcome) throws -> TestServer {
        let directory = try makeDirectory()
        let path = directory + "/s.sock"
        let server = Server(
            configuration: makeConfiguration(limits: Limits(bodyBytes: 200_000)),
            listeners: [Listener(role: .admin, source: .unix(UnixSocket(path: path, mode: 0o600)))],
            handler: ClosureHandler(respond: respond), accessLog: nil,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        return try TestServer(server, directory: directory, path: path)
    }

    @Test(arguments: [0, 1, 127, 128, 32_768, 32_769, 150_000])
    func `gets a body of any length through in both directions`(length: Int) throws {
        let server = try makeOperatorServer { .response(Response(status: 201, body: $0.body)) }
        let body = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
        let client = FastCGI.FastCGIClient(socket: server.path, timeoutMilliseconds: 5000)
        let answer = try client.ask(method: "POST", target: "/operator/x", body: body)
        #expect(answer == .init(status: 201, body: body))
    }

    @Test func `is known by its user id, and sends method, path and query`() throws {
        let server = try makeOperatorServer { request in
            let text = "\(request.method) \(request.target) \(request.peerUser.map(String.init) ?? "nobody")"
            return .response(Response(status: 200, body: Array(text.utf8)))
        }
        let target = "/operator/" + String(repeating: "a", count: 300) + "?b=c"
        let client = FastCGI.FastCGIClient(socket: server.path, timeoutMilliseconds: 5000)
        let answer = try client.ask(method: "GET", target: target)
        #expect(String(decoding: answer.body, as: UTF8.self) == "GET \(target) \(getuid())")
    }

    @Test func `on the public socket nobody is identified`() throws {
        let server = try makeServer(
            handler: ClosureHandler { .response(Response(status: $0.peerUser == nil ? 200 : 500)) })
        let client = FastCGI.FastCGIClient(socket: server.path, timeoutMilliseconds: 5000)
        #expect(try client.ask(method: "GET", target: "/").status == 200)
    }

    @Test func `says when there is no socket, and when nobody listens on it`() throws {
        let directory = try makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let missing = FastCGI.FastCGIClient(socket: directory + "/none", timeoutMilliseconds: 500)
        #expect(throws: FastCGIClientError.missing) { try missing.ask(method: "GET", target: "/") }
        let stale = directory + "/stale"
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        _ = try unsafe UnixAddress(stale).withPointer { unsafe bind(descriptor, $0, $1) }
        close(descriptor)
        let refused = FastCGI.FastCGIClient(socket: stale, timeoutMilliseconds: 500)
        #expect(throws: FastCGIClientError.refused) { try refused.ask(method: "GET", target: "/") }
        let long = FastCGI.FastCGIClient(socket: String(repeating: "a", count: 200), timeoutMilliseconds: 500)
        #expect { try long.ask(method: "GET", target: "/") } throws: {
            if case .unusable? = $0 as? FastCGIClientError { true } else { false }
        }
    }

    @Test func `calls it unknown when the answer does not come`() throws {
        let server = try makeOperatorServer { _ in
            usleep(600_000)
            return .response(Response(status: 200))
        }
        let client = FastCGI.FastCGIClient(socket: server.path, timeoutMilliseconds: 100)
        #expect { try client.ask(method: "POST", target: "/", body: [1]) } throws: {
            if case .unanswered? = $0 as? FastCGIClientError { true } else { false }
        }
    }

    @Test(
        arguments: [
            ("Status: 404 Not Found\r\nA: b\r\n\r\nbody", 404), ("status: 200\n\nbody", 200), ("A: b\r\n\r\nbody", nil),
            ("Status: 200 OK\r\n", nil), ("", nil), ("Status: abc\r\n\r\n", nil),
        ] as [(String, Int?)])
    func `reads an answer's status`(output: String, status: Int?) {
        #expect(FastCGI.FastCGIClient.Answer(Array(output.utf8))?.status == status)
    }
}
