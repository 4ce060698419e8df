import Foundation
import Logging
import Synchronization
import Testing

@testable import FastCGI

/// What `stop` finishes, and what it leaves behind.
struct StoppingTests {
    @Test func `a stop does not wait longer for a worker that waits for the disk than for anybody else`() throws {
        let gate = EventDescriptor(.semaphore)
        let server = try makeServer(
            makeConfiguration(drainTimeoutMilliseconds: 200),
            handler: ClosureHandler { .response(ClosureHandler.echo($0, durableAt: 1)) },
            recording: ClosureRecording { _, handle in
                handle()
                gate.wait()
                return nil
            })
        // The worker is not joined: it ends once it is let go.
        defer { gate.signal(times: 1000) }
        let client = try server.connect()
        client.send(FastCGIClient.request())
        #expect(eventually { server.server.inFlight.held == 1 })
        let start = MonotonicClock.nanoseconds
        server.server.stop()
        #expect(MonotonicClock.nanoseconds - start < 5_000_000_000)
        #expect(client.answer()?.status == 503)
    }

    @Test func `requests in flight are answered before the server has stopped`() throws {
        let gate = EventDescriptor(.semaphore)
        let server = try makeServer(
            handler: ClosureHandler { request in
                guard request.pathSegments == ["slow"] else {
                    return .response(ClosureHandler.echo(request, durableAt: 1))
                }
                return .blocking {
                    gate.wait()
                    return Response(status: 201)
                }
            })
        let held = try server.connect()
        held.send(FastCGIClient.request("/held"))
        let blocked = try server.connect()
        blocked.send(FastCGIClient.request("/slow"))
        #expect(eventually { server.server.held.count == 1 && server.server.lane.count == 1 })
        let stopping = server.server
        let stopper = try ServerThread(name: "stopper") { stopping.stop() }
        #expect(eventually { !FileManager.default.fileExists(atPath: server.path) })
        usleep(20_000)
        #expect(held.isSilent() && blocked.isSilent())
        gate.signal()
        server.server.release(upTo: 1)
        #expect(held.answer()?.status == 200)
        #expect(blocked.answer()?.status == 201)
        stopper.join()
        #expect(held.isClosed() && blocked.isClosed())
    }

    @Test func `requests that arrived before the stop are answered`() throws {
        let server = try makeServer(
            handler: ClosureHandler { request in
                usleep(2000)
                return .response(ClosureHandler.echo(request))
            })
        let clients = try (0..<64).map { _ in try server.connect() }
        for client in clients { client.send(FastCGIClient.request()) }
        server.server.stop()
        for client in clients {
            #expect(client.answer()?.status == 200)
            #expect(client.isClosed())
        }
    }

    @Test func `an answer that never becomes durable is refused when the time is over`() throws {
        let server = try makeServer(
            makeConfiguration(drainTimeoutMilliseconds: 100),
            handler: ClosureHandler { .response(ClosureHandler.echo($0, durableAt: 1)) })
        let client = try server.connect()
        client.send(FastCGIClient.request())
        #expect(eventually { server.server.held.count == 1 })
        server.server.stop()
        #expect(client.answer()?.body == "storageFailed")
    }

    @Test func `release and stop after the stop do nothing`() throws {
        let server = try makeServer()
        server.server.stop()
        server.server.release(upTo: 5)
        server.server.failHeld()
        server.server.stop()
        #expect(!FileManager.default.fileExists(atPath: server.path))
    }

    @Test func `a server that cannot have one of its sockets leaves none`() throws {
        let directory = try makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let server = Server(
            configuration: makeConfiguration(),
            listeners: [
                Listener(role: .public, source: .unix(UnixSocket(path: directory + "/a"))),
                Listener(role: .admin, source: .unix(UnixSocket(path: directory + "/none/b"))),
            ], handler: ClosureHandler.echo, accessLog: nil,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        #expect(throws: FastCGIError.self) { try server.start() }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory).isEmpty)
    }

    @Test(arguments: [true, false])
    func `an inherited socket outlives the server, and what waits there is the next one's`(isBlocking: Bool) throws {
        let directory = try makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let path = directory + "/s"
        let inherited = try ListeningSocket(Listener(role: .public, source: .unix(UnixSocket(path: path))))
        defer { inherited.close() }
        if isBlocking { _ = fcntl(inherited.descriptor, F_SETFL, 0) }
        for _ in 0..<2 {
            let server = Server(
                configuration: makeConfiguration(),
                listeners: [Listener(role: .public, source: .inherited(descriptor: inherited.descriptor))],
                handler: ClosureHandler.echo, accessLog: nil,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let clients = try (0..<10).map { _ in try FastCGIClient(path: path) }
            for client in clients { client.send(FastCGIClient.request()) }
            try server.start()
            for client in clients { #expect(client.answer()?.status == 200) }
            server.stop()
            #expect((fcntl(inherited.descriptor, F_GETFL) & O_NONBLOCK == 0) == isBlocking)
        }
    }

    @Test func `the role of a request is that of its socket`() throws {
        let directory = try makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let server = Server(
            configuration: makeConfiguration(),
            listeners: Listener.Role.allCases.map {
                Listener(role: $0, source: .unix(UnixSocket(path: "\(directory)/\($0)")))
            },
            handler: ClosureHandler { .response(Response(status: 200, body: Array("\($0.listener)".utf8))) },
            accessLog: nil, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try server.start()
        defer { server.stop() }
        for role in Listener.Role.allCases {
            let client = try FastCGIClient(path: "\(directory)/\(role)")
            for _ in 0..<3 { #expect(client.ask()?.body == "\(role)") }
        }
    }
}
