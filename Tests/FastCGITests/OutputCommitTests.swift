import Logging
import Synchronization
import Testing

@testable import FastCGI

/// Answers that wait for the journal.
struct OutputCommitTests {
    /// A handler whose answer depends on the position its path names.
    private static let positioned = ClosureHandler { request in
        .response(ClosureHandler.echo(request, durableAt: request.pathSegments.last.flatMap { UInt64($0) } ?? 0))
    }

    @Test func `an answer leaves when its position is released, not before`() throws {
        let server = try makeServer(handler: Self.positioned)
        let client = try server.connect()
        client.send(FastCGIClient.request("/7"))
        #expect(eventually { server.server.held.count == 1 })
        server.server.release(upTo: 6)
        #expect(client.isSilent())
        server.server.release(upTo: 7)
        #expect(client.answer()?.body == "POST 7  ")
    }

    @Test func `a release lets exactly the answers up to its position go`() throws {
        let server = try makeServer(handler: Self.positioned)
        let clients = try (1...9).map { _ in try server.connect() }
        for (index, client) in clients.enumerated() { client.send(FastCGIClient.request("/\(index + 1)")) }
        #expect(eventually { server.server.held.count == 9 })
        server.server.release(upTo: 5)
        #expect(server.server.held.count == 4)
        for client in clients.prefix(5) { #expect(client.answer()?.status == 200) }
        for client in clients.dropFirst(5) { #expect(client.isSilent()) }
        server.server.release(upTo: 9)
        for client in clients.dropFirst(5) { #expect(client.answer()?.status == 200) }
    }

    @Test func `an answer whose position is durable already leaves at once`() throws {
        let server = try makeServer(handler: Self.positioned)
        server.server.release(upTo: 10)
        server.server.release(upTo: 3)
        #expect(try server.connect().ask("/10")?.status == 200)
    }

    @Test func `a held connection serves its next request after the release`() throws {
        let server = try makeServer(handler: Self.positioned)
        let client = try server.connect()
        for position in 1...20 {
            client.send(FastCGIClient.request("/\(position)"))
            #expect(eventually { server.server.held.count == 1 })
            server.server.release(upTo: UInt64(position))
            #expect(client.answer()?.body == "POST \(position)  ")
        }
    }

    @Test func `no answer is forgotten when workers hold while a committer releases`() throws {
        let next = Mutex<UInt64>(0)
        let server = try makeServer(
            handler: ClosureHandler { request in
                .response(
                    ClosureHandler.echo(
                        request,
                        durableAt: next.withLock {
                            $0 += 1; return $0
                        }))
            })
        let isDone = Mutex(false)
        let committing = server.server
        let committer = try ServerThread(name: "committer") {
            while !isDone.withLock({ $0 }) { committing.release(upTo: next.withLock { $0 }) }
        }
        let clients = try (0..<16).map { _ in try server.connect() }
        for _ in 0..<200 {
            for client in clients { client.send(FastCGIClient.request()) }
            for client in clients { #expect(client.answer()?.status == 200) }
        }
        isDone.withLock { $0 = true }
        committer.join()
    }

    @Test func `a failed store turns held answers into refusals, and all that would follow`() throws {
        let server = try makeServer(handler: Self.positioned)
        let client = try server.connect()
        client.send(FastCGIClient.request("/7"))
        #expect(eventually { server.server.held.count == 1 })
        server.server.failHeld()
        #expect(client.answer()?.status == 503)
        #expect(client.ask("/8")?.body == "storageFailed")
        #expect(client.ask("/0")?.status == 200)
    }

    @Test func `above the bound requests are refused before they are handled`() throws {
        let handled = Atomic<Int>(0)
        let server = try makeServer(
            makeConfiguration(heldAnswers: 2),
            handler: ClosureHandler { request in
                handled.add(1, ordering: .relaxed)
                return .response(ClosureHandler.echo(request, durableAt: 1))
            })
        let clients = try (0..<2).map { _ in try server.connect() }
        for client in clients { client.send(FastCGIClient.request()) }
        #expect(eventually { server.server.held.count == 2 })
        let refused = try server.connect().ask()
        #expect(refused?.status == 503)
        #expect(refused?.header.contains("Retry-After: 1") == true)
        #expect(handled.load(ordering: .relaxed) == 2)
        server.server.release(upTo: 1)
        for client in clients { #expect(client.answer()?.status == 200) }
    }

    @Test func `what was durable before the start is known to the first request`() throws {
        let directory = try makeDirectory()
        let path = directory + "/s.sock"
        let server = Server(
            configuration: makeConfiguration(),
            listeners: [Listener(role: .public, source: .unix(UnixSocket(path: path)))], handler: Self.positioned,
            accessLog: nil, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        server.release(upTo: 500)
        let running = try TestServer(server, directory: directory, path: path)
        #expect(try running.connect().ask("/500")?.status == 200)
    }
}
