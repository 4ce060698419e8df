import Testing

@testable import tollgate

@Suite struct `A pasted request` {
    @Test(arguments: ["\n", "\r\n"])
    func `has header lines, an empty line, and everything else as its body`(end: String) throws {
        let lines = ["POST /api/v1/purchase/confirm HTTP/1.1", "Content-Type: application/json", "X-A:  b: c", "", ""]
        let request = try PastedRequest(Array((lines.joined(separator: end) + "{\n\n}\n").utf8))
        #expect(request.body == Array("{\n\n}\n".utf8))
        #expect(request.values("x-a") == ["b: c"])
        #expect(request.values("content-type") == ["application/json"])
    }

    @Test func `keeps a header that was sent twice`() throws {
        let request = try PastedRequest(Array("a: 1\nA: 2\n\n".utf8))
        #expect(request.values("a") == ["1", "2"])
        #expect(request.body.isEmpty)
    }

    @Test(arguments: ["", "a: b", "a: b\nc: d\n", "a: b\nnothing\n\n"])
    func `without its form is refused`(text: String) {
        #expect(throws: CommandFailure.self) { try PastedRequest(Array(text.utf8)) }
    }
}
