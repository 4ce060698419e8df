import Synchronization
import Testing

@testable import FastCGI

/// What a handler gets to know of a request whose headers or path are refused.
struct RefusedHeadersTests {
    /// Notes what it is asked to refuse.
    private final class Refusing: RequestHandler {
        let refused = Mutex<[Request?]>([])

        func handle(_ request: Request) -> Outcome { .response(Response(status: 200)) }

        func refuse(_ reason: Refusal, _ request: Request?) -> Response {
            refused.withLock { $0.append(request) }
            return Response(status: 400)
        }
    }

    private static let key = ("HTTP_X_API_KEY", "cad1")

    @Test(arguments: [
        [key, key], [("HTTP_X_API_KEY", "a,b")], [("HTTP_SECRET_KEY", "caf\u{e9}")],
        [("HTTP_X", String(repeating: "x", count: 8193))],
        (0..<200).map { ("HTTP_X_\($0)", "x") },
    ])
    func `a request whose headers are refused keeps its method and path, and no header`(
        headers: [(String, String)]
    ) throws {
        let handler = Refusing()
        let server = try makeServer(handler: handler)
        let client = try server.connect()
        let more = headers + [("REQUEST_ID", "r-1"), ("HTTP_AUTHORIZATION", "JWT x")]
        #expect(client.ask("/v1/events/7?a", body: "abc", keeping: true, more)?.status == 400)
        #expect(client.ask("/next")?.status == 200, "the connection stays")
        let refused = handler.refused.withLock { $0 }
        #expect(refused.count == 1)
        let request = try #require(refused.first ?? nil)
        #expect(request.method == "POST")
        #expect(request.pathSegments == ["v1", "events", "7"])
        #expect(request.body.isEmpty)
        #expect(request.header("REQUEST_ID") == "r-1", "for the log")
        for (name, _) in more where name.hasPrefix("HTTP_") { #expect(request.header(named: name) == nil) }
    }

    @Test(arguments: [
        ("/api/v1/alias/a%00b/verify", ["api", "v1", "alias", "\u{FFFD}", "verify"]),
        ("//", ["\u{FFFD}", "\u{FFFD}"]), ("/a/../b", ["a", "\u{FFFD}", "b"]), ("/a/%ff", ["a", "\u{FFFD}"]),
    ])
    func `of a path that cannot be read there is left what can`(path: String, segments: [String]) throws {
        let handler = Refusing()
        let server = try makeServer(handler: handler)
        #expect(try server.connect().ask(path, [])?.status == 400)
        let refused = handler.refused.withLock { $0 }
        #expect(refused.map { $0?.pathSegments } == [segments])
    }

    @Test func `a path that begins with no slash is none`() throws {
        let handler = Refusing()
        let server = try makeServer(handler: handler)
        #expect(try server.connect().ask("a/b", [])?.status == 400)
        let refused = handler.refused.withLock { $0.map { $0 == nil } }
        #expect(refused == [true])
    }
}
