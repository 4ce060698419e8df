import Foundation
import Glibc
import Testing

@testable import Stripe
@testable import fake_stripe

struct HTTPClientTests {
    private func settings(milliseconds: Int = 2_000) throws -> HTTPSettings {
        var settings = HTTPSettings(version: "1", authorities: .system)
        try settings.setTimeouts(connectMilliseconds: milliseconds, totalMilliseconds: milliseconds)
        return settings
    }

    /// Answers the one connection it gets with these bytes.
    private func send(
        to answer: String, scheme: String = "http", milliseconds: Int = 2_000, waits: Bool = false
    ) throws -> HTTPOutcome {
        let server = try RawServer(answer: Array(answer.utf8), waits: waits)
        let request = HTTPRequest(.post(Form()), try BaseURL("\(scheme)://127.0.0.1:\(server.port)"), "/")
        defer { server.stop() }
        return HTTPClient(try settings(milliseconds: milliseconds)).send(request)
    }

    private func word(_ outcome: HTTPOutcome) -> String {
        switch outcome {
        case .answered(let answer): "answered \(answer.status)"
        case .neverSent: "never sent"
        case .maybeSent(let failure, _): "maybe sent: \(failure.rawValue)"
        }
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "answered 200"),
        ("HTTP/1.1 204 No Content\r\n\r\n", "answered 204"),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "answered 200"),
        // Not followed: the key would travel on.
        ("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", "answered 302"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhi", "maybe sent: broken"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhi", "maybe sent: broken"),
        ("nonsense", "maybe sent: broken"), ("", "maybe sent: broken"),
    ])
    func `an answer is one that was read whole`(_ answer: String, _ expected: String) throws {
        #expect(word(try send(to: answer)) == expected)
    }

    @Test func `a body up to 64 KiB is read, a longer one is not`() throws {
        let whole = String(repeating: "a", count: 65_536)
        #expect(
            word(try send(to: "HTTP/1.1 200 OK\r\nContent-Length: 65536\r\n\r\n\(whole)")) == "answered 200")
        #expect(
            word(try send(to: "HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n\r\n\(whole)a"))
                == "maybe sent: tooLarge")
        #expect(
            word(try send(to: "HTTP/1.1 200 OK\r\n\r\n\(whole)\(whole)")) == "maybe sent: tooLarge")
    }

    @Test func `headers beyond 64 KiB are too much`() throws {
        let lines = (0..<2_000).map { "X-\($0): \(String(repeating: "a", count: 40))\r\n" }.joined()
        #expect(word(try send(to: "HTTP/1.1 200 OK\r\n\(lines)\r\n")) == "maybe sent: tooLarge")
    }

    @Test func `the headers we need are read, whatever their case`() throws {
        let outcome = try send(
            to: "HTTP/1.1 200 OK\r\nREQUEST-ID:  req_1 \r\nidempotent-replayed: true\r\n"
                + "Stripe-Should-Retry: false\r\nContent-Length: 0\r\n\r\n")
        guard case .answered(let answer) = outcome else {
            Issue.record("not answered")
            return
        }
        #expect(answer.requestID == "req_1")
        #expect(answer.isReplayed)
        #expect(answer.shouldRetry == false)
    }

    @Test func `a server that takes the request and is silent may have got it`() throws {
        let started = StripeLog.milliseconds
        #expect(word(try send(to: "", milliseconds: 500, waits: true)) == "maybe sent: timedOut")
        #expect(StripeLog.milliseconds - started < 2_000)
    }

    @Test func `an answer that comes too slowly is given up in time`() throws {
        #expect(
            word(try send(to: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi", milliseconds: 500, waits: true))
                == "maybe sent: timedOut")
    }

    @Test func `where nobody listens nothing was sent`() throws {
        let request = HTTPRequest(.post(Form()), try BaseURL("http://127.0.0.1:\(try Port.closed())"), "/")
        #expect(word(HTTPClient(try settings()).send(request)) == "never sent")
    }

    @Test(arguments: [("", true), ("HTTP/1.1 400 no TLS here\r\n\r\n", false)])
    func `without a finished handshake nothing was sent`(_ answer: String, _ waits: Bool) throws {
        let outcome = try send(to: answer, scheme: "https", milliseconds: 500, waits: waits)
        #expect(word(outcome) == "never sent")
    }

    @Test(arguments: ["a\r\nX-Evil: 1", "a\nb", "a\u{0}b", "é", String(repeating: "a", count: 2_000)])
    func `a header that is not one printable line is not sent`(_ value: String) throws {
        var request = HTTPRequest(.get, try BaseURL("http://127.0.0.1:1"), "/")
        request.add(header: "X", value.utf8)
        guard case .neverSent(let reason) = HTTPClient(try settings()).send(request) else {
            Issue.record("sent")
            return
        }
        #expect(reason.contains("byte"))
    }

    @Test func `a proxy in the environment is not used`() throws {
        for name in ["http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"] {
            unsafe setenv(name, "http://127.0.0.1:1", 1)
        }
        defer { for name in ["http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"] { unsafe unsetenv(name) } }
        #expect(word(try send(to: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) == "answered 200")
    }

    @Test(arguments: [(0, 1_000), (1_000, 0), (2_000, 1_000), (1_000, 600_001), (-1, -1)])
    func `time-outs out of range are refused`(_ connect: Int, _ total: Int) {
        var settings = HTTPSettings(version: "1", authorities: .system)
        #expect(throws: SettingError.self) {
            try settings.setTimeouts(connectMilliseconds: connect, totalMilliseconds: total)
        }
    }
}

/// Takes connections, reads what comes first, answers with given bytes, and closes, or waits for the other side to.
final class RawServer {
    let port: UInt16
    private let listener: Int32

    init(answer: [UInt8], waits: Bool) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Peer.loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(listener, $0, length) == 0 && listen(listener, 8) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound else { throw SocketError.last("bind") }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread {
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else {
                    close(listener)
                    return
                }
                let peer = Peer(descriptor: descriptor)
                if !waits { _ = peer.readSome() }
                peer.write(answer)
                if waits { _ = peer.readAll() }
                peer.finish()
            }
        }
    }

    /// The thread closes the socket: closing it here could close another's that got its number.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
    }
}

extension Peer {
    func readSome() -> Int {
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        return unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
    }
}
