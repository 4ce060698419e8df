import Testing

@testable import FastCGI

struct SecurityHeadersTests {
    private static func check(_ pairs: [(String, String)]) throws(Refusal) {
        try SecurityHeaders.standard.check(Parameters(pairs))
    }

    @Test(arguments: [
        "HTTP_X_API_KEY", "HTTP_X_STASH_HMAC_SIGNATURE", "HTTP_STASH_HMAC_SIGNATURE", "HTTP_SECRET_KEY",
        "HTTP_IDEMPOTENT_KEY", "HTTP_AUTHORIZATION", "HTTP_STRIPE_SIGNATURE", "CONTENT_LENGTH", "REQUEST_URI",
        "REQUEST_METHOD",
    ])
    func `a security header sent twice is refused, wherever the second stands`(name: String) throws {
        try Self.check([(name, "1"), ("HTTP_A", "2"), ("HTTP_A", "3")])
        #expect(throws: Refusal.self) { try Self.check([(name, "1"), ("HTTP_A", "2"), (name, "1")]) }
        #expect(throws: Refusal.self) { try Self.check([(name, ""), (name, "1")]) }
    }

    @Test(arguments: [
        ("HTTP_X_API_KEY", "one,two", false), ("HTTP_SECRET_KEY", "one, two", false),
        ("HTTP_STRIPE_SIGNATURE", "t=1,v1=ab", true), ("HTTP_X_API_KEY", "one", true),
        ("HTTP_X_API_KEY", "caf\u{e9}", false), ("HTTP_AUTHORIZATION", "Bearer a\u{7F}", false),
        ("HTTP_AUTHORIZATION", "Bearer a\tb", false), ("HTTP_OTHER", "caf\u{e9},\u{1}", true),
    ])
    func `a security header's value is printable ASCII, and has no comma where its format has none`(
        name: String, value: String, isAccepted: Bool
    ) {
        #expect(((try? Self.check([(name, value)])) != nil) == isAccepted)
    }

    @Test func `a configured name is held to the same`() throws {
        let rules = SecurityHeaders.standard.adding(commaFree: "HTTP_X_SHOP").adding(commaFree: "HTTP_X_API_KEY")
        try rules.check(Parameters([("HTTP_X_SHOP", "1"), ("HTTP_X_API_KEY", "2")]))
        #expect(throws: Refusal.self) { try rules.check(Parameters([("HTTP_X_SHOP", "1"), ("HTTP_X_SHOP", "1")])) }
        #expect(throws: Refusal.self) { try rules.check(Parameters([("HTTP_X_SHOP", "1,2")])) }
    }

    @Test func `a doubled key over the socket is refused, and the connection stays`() throws {
        let server = try makeServer()
        let client = try server.connect()
        let refused = client.ask("/", body: "abc", [("HTTP_X_API_KEY", "one"), ("HTTP_X_API_KEY", "two")])
        #expect(refused?.status == 400)
        #expect(client.ask("/next")?.body == "POST next  ")
    }
}
