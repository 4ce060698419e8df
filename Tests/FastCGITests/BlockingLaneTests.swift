import Glibc
import Testing

@testable import FastCGI

/// Routes that call out, on threads that may block.
struct BlockingLaneTests {
    /// `/slow` blocks until the gate is signalled.
    private static func make(_ gate: EventDescriptor) -> ClosureHandler {
        ClosureHandler { request in
            guard request.pathSegments == ["slow"] else { return .response(ClosureHandler.echo(request)) }
            return .blocking {
                gate.wait()
                return Response(status: 201, durableAt: 3)
            }
        }
    }

    @Test func `blocked routes do not hold up the others`() throws {
        let gate = EventDescriptor(.semaphore)
        let server = try makeServer(handler: Self.make(gate))
        let blocked = try (0..<6).map { _ in try server.connect() }
        for client in blocked { client.send(FastCGIClient.request("/slow")) }
        #expect(eventually { server.server.lane.count == 6 })
        let client = try server.connect()
        for _ in 0..<20 { #expect(client.ask("/quick")?.status == 200) }
        gate.signal(times: 6)
        server.server.release(upTo: 3)
        for client in blocked { #expect(client.answer()?.status == 201) }
    }

    @Test func `an answer of the second lane waits for the journal too`() throws {
        let gate = EventDescriptor(.semaphore)
        let server = try makeServer(handler: Self.make(gate))
        let client = try server.connect()
        client.send(FastCGIClient.request("/slow"))
        gate.signal()
        #expect(eventually { server.server.held.count == 1 })
        #expect(client.isSilent())
        server.server.release(upTo: 3)
        #expect(client.answer()?.status == 201)
    }

    @Test func `above the bound of its queue requests are refused`() throws {
        let gate = EventDescriptor(.semaphore)
        let server = try makeServer(
            makeConfiguration(blockingThreads: 1, blockingQueue: 1), handler: Self.make(gate))
        let clients = try (0..<2).map { _ in try server.connect() }
        for (index, client) in clients.enumerated() {
            client.send(FastCGIClient.request("/slow"))
            #expect(eventually { server.server.lane.count == index + 1 })
            // The first has to have left the queue for its thread before the second takes the place.
            usleep(50_000)
        }
        let refused = try server.connect().ask("/slow")
        #expect(refused?.status == 503)
        #expect(refused?.header.contains("Retry-After: 1") == true)
        gate.signal(times: 2)
        server.server.release(upTo: 3)
        for client in clients { #expect(client.answer()?.status == 201) }
    }
}
