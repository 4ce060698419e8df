import Glibc
import Testing

@testable import FastCGI

struct ServerTests {
    @Test func `a request is answered with what the handler made of it`() throws {
        let server = try makeServer()
        let answer = try server.connect().ask("/purchase/a%2Fb?x=1", method: "PUT", body: "{}")
        #expect(answer?.status == 200)
        #expect(answer?.body == "PUT purchase|a/b x=1 {}")
        #expect(answer?.header == "Status: 200 OK\r\nContent-Type: application/json\r\nContent-Length: 23")
    }

    @Test func `a kept connection serves one request after another`() throws {
        let server = try makeServer()
        let client = try server.connect()
        for number in 0..<50 {
            #expect(client.ask("/n/\(number)")?.body == "POST n|\(number)  ")
        }
    }

    @Test func `a connection its peer does not keep is closed after the answer`() throws {
        let server = try makeServer()
        let client = try server.connect()
        #expect(client.ask("/", keeping: false)?.status == 200)
        #expect(client.isClosed())
    }

    @Test func `a request without CONTENT_LENGTH has an empty body`() throws {
        let server = try makeServer()
        let client = try server.connect()
        client.send(
            FastCGIClient.begin(keeping: true)
                + FastCGIClient.parameters([("REQUEST_METHOD", "GET"), ("REQUEST_URI", "/a")])
                + FastCGIClient.input([]))
        #expect(client.answer()?.body == "GET a  ")
    }

    @Test func `a body in many records is read as one`() throws {
        let server = try makeServer()
        let client = try server.connect()
        client.send(
            FastCGIClient.begin(keeping: true)
                + FastCGIClient.parameters([
                    ("REQUEST_METHOD", "POST"), ("REQUEST_URI", "/"), ("CONTENT_LENGTH", "6"),
                ]))
        for byte in "abcdef".utf8 { client.send(FastCGIClient.input([byte])) }
        client.send(FastCGIClient.input([]))
        #expect(client.answer()?.body == "POST   abcdef")
    }

    @Test func `an answer larger than libfcgi's buffer arrives whole`() throws {
        let text = String(repeating: "0123456789", count: 20_000)
        let server = try makeServer(
            handler: ClosureHandler { _ in .response(Response(status: 200, body: Array(text.utf8))) })
        let client = try server.connect()
        #expect(client.ask()?.body == text)
        #expect(client.ask()?.body == text)
    }

    @Test func `256 clients on kept connections are all answered`() throws {
        let server = try makeServer()
        let clients = try (0..<256).map { _ in try server.connect() }
        for round in 0..<8 {
            for client in clients { client.send(FastCGIClient.request("/round/\(round)")) }
            for client in clients { #expect(client.answer()?.body == "POST round|\(round)  ") }
        }
    }

    @Test func `500 connections of one request each are all answered`() throws {
        let server = try makeServer()
        for _ in 0..<500 { #expect(try server.connect().ask(keeping: false)?.status == 200) }
    }

    @Test func `header text cannot begin a new header line`() throws {
        let server = try makeServer(
            handler: ClosureHandler { _ in
                .response(Response(status: 302, headers: [("Location", "/a\r\nSet-Cookie: b")]))
            })
        let answer = try server.connect().ask()
        #expect(answer?.header == "Status: 302 Found\r\nContent-Length: 0\r\nLocation: /a  Set-Cookie: b")
    }

    @Test func `a server says it is serving only while a worker takes what is ready`() throws {
        let gate = EventDescriptor(.semaphore)
        let server = try makeServer(
            handler: ClosureHandler { request in
                if request.pathSegments == ["stuck"] { gate.wait() }
                return .response(ClosureHandler.echo(request))
            })
        for _ in 0..<3 { #expect(server.server.isServing(withinMilliseconds: 2000)) }
        let clients = try (0..<2).map { _ in try server.connect() }
        for client in clients { client.send(FastCGIClient.request("/stuck")) }
        usleep(50_000)
        #expect(!server.server.isServing(withinMilliseconds: 50))
        gate.signal(times: 2)
        for client in clients { #expect(client.answer()?.status == 200) }
        #expect(server.server.isServing(withinMilliseconds: 2000))
    }

    @Test func `a worker that waits at the end of its batch still counts as serving`() throws {
        let gate = EventDescriptor(.semaphore)
        let recording = ClosureRecording { _, handle in
            handle()
            gate.wait()
            return nil
        }
        let server = try makeServer(recording: recording)
        let clients = try (0..<2).map { _ in try server.connect() }
        for client in clients { #expect(client.ask()?.status == 200) }
        #expect(server.server.isServing(withinMilliseconds: 50))
        for client in clients { client.send(FastCGIClient.request()) }
        usleep(50_000)
        // What came meanwhile is served once the wait is over.
        gate.signal(times: 1000)
        for client in clients { #expect(client.answer()?.status == 200) }
    }

    @Test func `with no descriptor left for connections the server waits, and goes on when there is one`() async {
        await #expect(processExitsWith: .success) {
            let server = try makeServer()
            let client = try server.connect()
            #expect(client.ask()?.status == 200)
            var limit = rlimit()
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
            try #require(unsafe getrlimit(resource, &limit) == 0)
            let usual = limit.rlim_cur
            // The lowest free number is the only one left: the client takes it, and none remains for the server.
            let last = dup(0)
            limit.rlim_cur = rlim_t(last + 1)
            try #require(unsafe setrlimit(resource, &limit) == 0)
            close(last)
            let late = try server.connect()
            late.send(FastCGIClient.request())
            usleep(100_000)
            #expect(late.isSilent())
            #expect(client.ask()?.status == 200)
            limit.rlim_cur = usual
            try #require(unsafe setrlimit(resource, &limit) == 0)
            #expect(late.answer()?.status == 200)
        }
    }
}
