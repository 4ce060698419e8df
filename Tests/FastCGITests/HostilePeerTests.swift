import Glibc
import Testing

@testable import FastCGI

/// What nginx never does. After each of it the next request is answered.
struct HostilePeerTests {
    private static let head =
        FastCGIClient.begin(keeping: true)
        + FastCGIClient.parameters([("REQUEST_METHOD", "POST"), ("REQUEST_URI", "/"), ("CONTENT_LENGTH", "10")])

    /// The cases of the runtime study's attack.py that do not end libfcgi itself.
    @Test(arguments: [
        ("nothing", []),
        ("one byte", [1]),
        ("another version", FastCGIClient.record(1, [0, 1, 0, 0, 0, 0, 0, 0], version: 9)),
        ("a management record", FastCGIClient.record(9, [15, 0] + Array("FCGI_MPXS_CONNS".utf8), id: 0)),
        ("half a parameter record", FastCGIClient.begin(keeping: true) + [1, 4, 0, 1, 0, 200, 0, 0, 14, 4, 82]),
        (
            "a parameter longer than its record",
            FastCGIClient.begin(keeping: true)
                + FastCGIClient.record(4, [0x80, 0, 255, 255, 1, 65])
        ),
        ("a body that never ends", head + FastCGIClient.input(Array("abc".utf8))),
        ("an unknown role", FastCGIClient.record(1, [0, 9, 0, 0, 0, 0, 0, 0])),
        ("text", Array("GET / HTTP/1.0\r\n\r\n".utf8)),
    ])
    func `a peer that breaks off holds nobody up for long`(name: String, bytes: [UInt8]) throws {
        let server = try makeServer()
        let peers = try (0..<4).map { _ in try server.connect() }
        for peer in peers where !bytes.isEmpty { peer.send(bytes) }
        let before = MonotonicClock.nanoseconds
        #expect(try server.connect().ask()?.status == 200)
        #expect(MonotonicClock.nanoseconds - before < 2_000_000_000, "\(name)")
    }

    @Test(arguments: [[], [1], head, head + FastCGIClient.input(Array("abc".utf8))])
    func `a peer that hangs up holds nobody up`(bytes: [UInt8]) throws {
        let server = try makeServer()
        for _ in 0..<20 { try server.connect().send(bytes) }
        #expect(try server.connect().ask()?.status == 200)
    }

    @Test func `a truncated body is refused, not handled`() throws {
        let server = try makeServer()
        let client = try server.connect()
        client.send(Self.head + FastCGIClient.input(Array("abc".utf8)))
        client.finishSending()
        #expect(client.answer()?.body == "shortBody")
        #expect(client.isClosed())
    }

    @Test func `a request aborted within its body is refused, not handled`() throws {
        let server = try makeServer()
        let client = try server.connect()
        client.send(Self.head + FastCGIClient.input(Array("abc".utf8)) + FastCGIClient.record(2, []))
        #expect(client.answer()?.body == "shortBody")
        #expect(try server.connect().ask()?.status == 200)
    }

    @Test func `a second request on a busy connection is turned away`() throws {
        let server = try makeServer()
        let client = try server.connect()
        client.send(
            FastCGIClient.begin(keeping: true) + FastCGIClient.begin(keeping: true, id: 2)
                + FastCGIClient.parameters([("REQUEST_METHOD", "GET"), ("REQUEST_URI", "/a")])
                + FastCGIClient.input([]))
        let turnedAway = client.record()
        #expect(turnedAway?.id == 2)
        // FCGI_CANT_MPX_CONN
        #expect(turnedAway?.content[4] == 1)
        #expect(client.answer()?.body == "GET a  ")
    }

    @Test func `a peer that leaves its answer unread holds nobody up`() throws {
        let large = [UInt8](repeating: 0x78, count: 4_000_000)
        let server = try makeServer(
            handler: ClosureHandler { request in
                guard request.pathSegments == ["large"] else { return .response(Response(status: 204)) }
                return .response(Response(status: 200, body: large))
            })
        let peers = try (0..<2).map { _ in try server.connect() }
        for peer in peers { peer.send(FastCGIClient.request("/large")) }
        usleep(50_000)
        #expect(try server.connect().ask()?.status == 204)
    }

    @Test func `a peer that does not close after its answer holds nobody up`() throws {
        let server = try makeServer()
        let peers = try (0..<8).map { _ in try server.connect() }
        for peer in peers { #expect(peer.ask(keeping: false)?.status == 200) }
        let before = MonotonicClock.nanoseconds
        #expect(try server.connect().ask()?.status == 200)
        #expect(MonotonicClock.nanoseconds - before < 500_000_000)
    }
}
