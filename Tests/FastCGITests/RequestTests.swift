import Testing

@testable import FastCGI

struct RequestTests {
    private static func make(
        _ target: String = "/", method: String = "POST", body: String = "", _ more: [(String, String)] = []
    ) throws(Refusal) -> Request {
        try Request(
            parameters: Parameters([("REQUEST_METHOD", method), ("REQUEST_URI", target)] + more),
            body: Array(body.utf8), listener: .public)
    }

    @Test(arguments: [
        ("/", []),
        ("/a", ["a"]),
        ("/a/b/c", ["a", "b", "c"]),
        ("/a?b/../c", ["a"]),
        ("/a%20b", ["a b"]),
        ("/a+b", ["a+b"]),
        ("/a%2Fb", ["a/b"]),
        ("/a%2f%2fb", ["a//b"]),
        ("/%25", ["%"]),
        ("/%252F", ["%2F"]),
        ("/%252e%252e", ["%2e%2e"]),
        ("/caf%C3%A9", ["caf\u{e9}"]),
        ("/caf\u{e9}", ["caf\u{e9}"]),
        ("/%F0%9F%8E%AE", ["\u{1F3AE}"]),
        ("/...", ["..."]),
        ("/.a/a./a..b", [".a", "a.", "a..b"]),
        ("/a%3Fb", ["a?b"]),
    ])
    func `a path is split, then decoded once`(target: String, segments: [String]) throws {
        let request = try Self.make(target)
        #expect(request.pathSegments.map { Array($0.utf8) } == segments.map { Array($0.utf8) })
        #expect(request.target == target)
    }

    @Test(arguments: [
        "", "a", "*", "http://host/a", "//", "//a", "/a//b", "/a/", "/.", "/..", "/a/../b", "/a/./b", "/%2e", "/%2E%2e",
        "/.%2e", "/a/..%2fadmin", "/a/%2e%2e%2fadmin", "/a%2f..%2fb", "/a%2f.", "/a%00", "/%00", "/a%0A", "/a%7F",
        "/a\u{1}b", "/%", "/%2", "/%zz", "/a%2", "/%+1", "/%C3", "/%C3%28", "/%FF", "/%C0%AF", "/%ED%A0%80",
        "/%F4%90%80%80",
    ])
    func `a path others could read differently is refused`(target: String) {
        #expect { try Self.make(target) } throws: { error in
            guard case Refusal.badRequest = error else { return false }
            return true
        }
    }

    @Test(arguments: [
        ("/a", ""), ("/a?", ""), ("/a?x=1", "x=1"), ("/a?x=1?y", "x=1?y"), ("/a?%zz", "%zz"), ("/?a", "a"),
    ])
    func `a query is what follows the first question mark`(target: String, query: String) throws {
        #expect(try Self.make(target).query == query)
    }

    @Test(arguments: ["", "post", "PO ST", "GET\r\n", "ABCDEFGHIJKLMNOPQ"])
    func `a method that is no method is refused`(method: String) {
        #expect(throws: Refusal.self) { try Self.make(method: method) }
    }

    @Test func `a request without REQUEST_URI is refused`() {
        #expect(throws: Refusal.self) {
            try Request(parameters: Parameters([("REQUEST_METHOD", "GET")]), body: [], listener: .public)
        }
    }

    @Test func `an empty header is a missing one`() throws {
        let request = try Self.make("/", [("HTTP_X_API_KEY", ""), ("CONTENT_TYPE", "application/json")])
        #expect(request.header("HTTP_X_API_KEY") == nil)
        #expect(request.header("HTTP_NOT_THERE") == nil)
        #expect(request.contentType == "application/json")
    }

    @Test func `a header's name is matched whole`() throws {
        let request = try Self.make("/", [("HTTP_X_API_KEYS", "a"), ("HTTP_X_API_KE", "b"), ("XHTTP_X_API_KEY", "c")])
        #expect(request.header("HTTP_X_API_KEY") == nil)
        #expect(request.header("HTTP_X_API_KEYS") == "a")
        #expect(request.header(named: "HTTP_X_API_KEY") == nil)
        #expect(request.header(named: "HTTP_X_API_KE") == "b")
    }
}
