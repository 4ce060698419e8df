import Foundation
import Testing

@testable import FastCGI

struct AccessLogTests {
    private static func make(
        _ note: ResponseNote, requestID: String? = nil, traceParent: String? = nil, status: Int = 200, bytes: Int = 0,
        nanoseconds: UInt64 = 0
    ) throws -> String {
        let id = requestID.map { [("REQUEST_ID", $0)] } ?? []
        let trace = traceParent.map { [("HTTP_TRACEPARENT", $0)] } ?? []
        let request = try Request(
            parameters: Parameters([("REQUEST_METHOD", "POST"), ("REQUEST_URI", "/")] + id + trace), body: [],
            listener: .public)
        let response = Response(status: status, note: note)
        var buffer: [UInt8] = []
        AccessLog.Line(request, response, bytes: bytes, durationNanoseconds: nanoseconds).append(to: &buffer)
        return String(decoding: buffer, as: UTF8.self)
    }

    @Test func `a line has what is known of the request`() throws {
        let line = try Self.make(
            ResponseNote(route: "/purchase/{player_id}", keyName: "shop-a", scheme: "api-key", subject: "tx-1"),
            requestID: "5f2c", status: 201, bytes: 1234, nanoseconds: 98_765)
        let known = "method=POST route=/purchase/{player_id} status=201 us=98 bytes=1234 key=shop-a scheme=api-key"
        #expect(line == known + " subject=tx-1 request=5f2c\n")
    }

    @Test func `the line of a refused request has the reason, and no key`() throws {
        let line = try Self.make(ResponseNote(route: "/a", reason: "no API key"), status: 401)
        #expect(line == "method=POST route=/a status=401 us=0 bytes=0 reason=\"no API key\"\n")
    }

    @Test func `a line tells what was decided, and the trace it belongs to`() throws {
        let line = try Self.make(
            ResponseNote(route: "/a", decision: "granted"), requestID: "5f2c",
            traceParent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
        let known = "method=POST route=/a status=200 us=0 bytes=0 decision=granted request=5f2c"
        #expect(line == known + " trace=4bf92f3577b34da6a3ce929d0e0e4736\n")
    }

    @Test(arguments: [
        "", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
        "00 4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736 00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e\n736-00f067aa0ba902b7-01",
    ])
    func `a traceparent of another form is left out`(text: String) throws {
        #expect(try !Self.make(ResponseNote(), traceParent: text).contains("trace="))
    }

    @Test(arguments: [
        ("a b", #""a b""#), ("", #""""#), ("a\nb=c", #""a\x0ab=c""#), (#"a"b"#, #""a\x22b""#), (#"a\b"#, #""a\x5cb""#),
        ("a\u{1B}[31m", #""a\x1b[31m""#), ("\u{e9}", #""\xc3\xa9""#), ("a=b", #""a=b""#),
        ("\u{202E}", #""\xe2\x80\xae""#),
    ])
    func `hostile text cannot end its line or forge a value`(subject: String, written: String) throws {
        #expect(try Self.make(ResponseNote(subject: subject)).hasSuffix(" subject=\(written)\n"))
        #expect(try Self.make(ResponseNote(), requestID: subject).hasSuffix(" request=\(written)\n"))
    }

    @Test(arguments: [0, 9, 10, 99, 100, 12_345, Int.max, -7, Int.min])
    func `numbers are written as Swift writes them`(number: Int) {
        var buffer: [UInt8] = []
        buffer.append(decimal: number)
        #expect(String(decoding: buffer, as: UTF8.self) == "\(number)")
    }

    @Test func `no line is lost when the server stops, and each answer has one`() throws {
        let directory = try makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let file = directory + "/access.log"
        let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(descriptor) }
        let sink = try LogSink(descriptor: descriptor, isJournal: false)
        let server = try makeServer(accessLog: AccessLog(sink: sink))
        let clients = try (0..<8).map { _ in try server.connect() }
        for _ in 0..<100 {
            for client in clients { client.send(FastCGIClient.request()) }
            for client in clients { #expect(client.answer()?.status == 200) }
        }
        #expect(clients[0].ask("/..")?.status == 400)
        server.server.stop()
        sink.close()
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 801)
        #expect(lines.count { $0.hasPrefix("method=POST route=- status=200 ") } == 800)
        #expect(lines.count { $0.hasPrefix("method=POST route=- status=400 ") } == 1)
    }

    @Test func `a line is written soon though no other follows`() throws {
        let directory = try makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let file = directory + "/access.log"
        let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(descriptor) }
        let sink = try LogSink(descriptor: descriptor, isJournal: true)
        defer { sink.close() }
        let server = try makeServer(accessLog: AccessLog(sink: sink))
        let client = try server.connect()
        for count in 1...2 {
            #expect(client.ask()?.status == 200)
            #expect(eventually { (try? String(contentsOfFile: file, encoding: .utf8))?.count { $0 == "\n" } == count })
        }
    }
}
