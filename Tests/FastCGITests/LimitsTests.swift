import Testing

@testable import FastCGI

/// What is too large, too short or doubled, and that the connection survives it where it can.
struct LimitsTests {
    @Test(arguments: [(100, 200), (101, 413), (5000, 413), (90_000, 413)])
    func `a body over the limit is refused, and the connection stays`(length: Int, status: Int) throws {
        let server = try makeServer(makeConfiguration(limits: Limits(bodyBytes: 100)))
        let client = try server.connect()
        #expect(client.ask(body: String(repeating: "x", count: length))?.status == status)
        #expect(client.ask("/next")?.body == "POST next  ")
    }

    @Test func `a body over the bound of what is thrown away costs the connection`() throws {
        let server = try makeServer(makeConfiguration(limits: Limits(bodyBytes: 100, discardedBytes: 10_000)))
        let client = try server.connect()
        #expect(client.ask(body: String(repeating: "x", count: 90_000))?.status == 413)
        #expect(client.isClosed())
        #expect(try server.connect().ask()?.status == 200)
    }

    @Test(arguments: ["-1", "x", "1e3", "0x10", " 1", "9999999999999999999999", "1,1"])
    func `a CONTENT_LENGTH that is no number is refused`(text: String) throws {
        let server = try makeServer()
        let client = try server.connect()
        client.send(
            FastCGIClient.begin(keeping: true)
                + FastCGIClient.parameters([
                    ("REQUEST_METHOD", "POST"), ("REQUEST_URI", "/"), ("CONTENT_LENGTH", text),
                ]) + FastCGIClient.input([0x78]) + FastCGIClient.input([]))
        #expect(client.answer()?.status == 400)
        #expect(client.ask()?.status == 200)
    }

    @Test(arguments: [("3", "ab"), ("10", ""), ("2", "abc"), ("", "a")])
    func `a body of another length than CONTENT_LENGTH is refused, and the connection stays`(
        announced: String, body: String
    ) throws {
        let server = try makeServer()
        let client = try server.connect()
        client.send(
            FastCGIClient.begin(keeping: true)
                + FastCGIClient.parameters([
                    ("REQUEST_METHOD", "POST"), ("REQUEST_URI", "/"), ("CONTENT_LENGTH", announced),
                ]) + (body.isEmpty ? [] : FastCGIClient.input(Array(body.utf8))) + FastCGIClient.input([]))
        #expect(client.answer()?.status == 400)
        #expect(client.ask("/next")?.body == "POST next  ")
    }

    @Test func `too many parameters are refused, and the connection stays`() throws {
        let server = try makeServer(makeConfiguration(limits: Limits(parameters: 10)))
        let client = try server.connect()
        let many = (0..<10).map { ("HTTP_X_\($0)", "x") }
        #expect(client.ask("/", body: "abc", keeping: true, many)?.status == 400)
        #expect(client.ask("/next")?.status == 200)
    }

    @Test(arguments: [(8192, 200), (8193, 400)])
    func `a parameter over the limit is refused`(length: Int, status: Int) throws {
        let server = try makeServer()
        let value = String(repeating: "x", count: length)
        #expect(try server.connect().ask("/", [("HTTP_X", value)])?.status == status)
    }

    @Test func `parameters over the limit together are refused`() throws {
        let server = try makeServer()
        let large = (0..<5).map { ("HTTP_X_\($0)", String(repeating: "x", count: 8000)) }
        #expect(try server.connect().ask("/", large)?.status == 400)
    }
}
