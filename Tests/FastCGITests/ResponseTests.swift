import Testing

@testable import FastCGI

struct ResponseTests {
    private static func header(_ response: Response) -> String {
        var buffer: [UInt8] = []
        response.appendHeader(to: &buffer)
        return String(decoding: buffer, as: UTF8.self)
    }

    @Test(arguments: [
        (200, "Status: 200 OK\r\nContent-Length: 0\r\n\r\n"), (204, "Status: 204 No Content\r\n\r\n"),
        (304, "Status: 304 Not Modified\r\n\r\n"), (599, "Status: 599\r\nContent-Length: 0\r\n\r\n"),
    ])
    func `an answer without a body says no more than it has`(status: Int, header: String) {
        #expect(Self.header(Response(status: status)) == header)
    }

    @Test func `headers come after the type and the length`() {
        let response = Response(
            status: 503, headers: [("Retry-After", "1"), ("Allow", "GET, PUT")], contentType: "text/plain",
            body: Array("later".utf8))
        #expect(
            Self.header(response)
                == "Status: 503 Service Unavailable\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
                + "Retry-After: 1\r\nAllow: GET, PUT\r\n\r\n")
    }

    @Test(arguments: ["a\r\nb", "a\0\0b", "a\u{7F}\tb"])
    func `control characters become spaces in names, values and the type`(text: String) {
        let response = Response(status: 200, headers: [(text, text)], contentType: text, body: [0x78])
        #expect(
            Self.header(response)
                == "Status: 200 OK\r\nContent-Type: a  b\r\nContent-Length: 1\r\na  b: a  b\r\n\r\n")
    }
}
