import Synchronization
import Testing

@testable import FastCGI

/// What is ready at once goes through a worker stage by stage.
struct StagesTests {
    /// When a request was read, and when it was handled.
    private struct Moments: Sendable {
        let readAt: UInt64
        let handledAt: UInt64
    }

    @Test func `all requests that are ready are read before the first of them is handled`() throws {
        let isHeldUp = Atomic<Bool>(true)
        let moments = Mutex<[Moments]>([])
        let server = try makeServer(
            handler: ClosureHandler { request in
                if request.pathSegments == ["first"] {
                    _ = eventually { !isHeldUp.load(ordering: .acquiring) }
                } else if request.pathSegments == ["later"] {
                    let now = MonotonicClock.nanoseconds
                    moments.withLock { $0.append(Moments(readAt: request.receivedAt, handledAt: now)) }
                }
                return .response(ClosureHandler.echo(request))
            })
        // Every other connection is the same worker's. Each has been answered once: it is in the worker's epoll set.
        let clients = try (0..<7).map { _ in
            let client = try server.connect()
            #expect(client.ask("/before")?.status == 200)
            return client
        }
        clients[0].send(FastCGIClient.request("/first"))
        #expect(eventually { !server.server.isServing(withinMilliseconds: 1) })
        let later = [clients[2], clients[4], clients[6]]
        for client in later { client.send(FastCGIClient.request("/later")) }
        isHeldUp.store(false, ordering: .releasing)
        for client in [clients[0]] + later { #expect(client.answer()?.status == 200) }
        let all = moments.withLock(\.self)
        #expect(all.count == 3)
        #expect(try #require(all.map(\.readAt).max()) < #require(all.map(\.handledAt).min()))
    }

    @Test func `all answers that may leave have left before the first of them is accounted for`() throws {
        let clients = Mutex<[Int32]>([])
        let silent = Mutex<[Int]>([])
        let server = try makeServer(
            handler: ClosureHandler(
                respond: { .response(ClosureHandler.echo($0, durableAt: 1)) },
                sent: {
                    let count = clients.withLock { $0.count { FastCGIClient.isSilent($0) } }
                    silent.withLock { $0.append(count) }
                }))
        let open = try (0..<5).map { _ in try server.connect() }
        clients.withLock { $0 = open.map(\.descriptor) }
        for client in open { client.send(FastCGIClient.request("/")) }
        #expect(eventually { server.server.held.count == open.count })
        server.server.release(upTo: 1)
        #expect(server.server.held.count == 0)
        #expect(silent.withLock(\.self) == [0, 0, 0, 0, 0])
        for client in open { #expect(client.answer()?.status == 200) }
    }
}

/// What an epoll set reported.
struct ReadyEventsTests {
    @Test func `removing leaves the others in their order`() {
        let events = EventPoll()
        let latches = (0..<3).map { _ in EventDescriptor(.latch) }
        for latch in latches {
            #expect(events.add(latch: latch))
            latch.signal()
        }
        var ready = events.wait(timeoutNanoseconds: 1_000_000_000)
        var before: [EventToken] = []
        ready.forEach { before.append($0) }
        #expect(before.count == 3)
        let removed = [before[1], before[1]].map { ready.remove($0) }
        #expect(removed == [true, false])
        var after: [EventToken] = []
        ready.forEach { after.append($0) }
        #expect(after == [before[0], before[2]])
        let rest = [before[2], before[0]].map { ready.remove($0) }
        #expect(rest == [true, true])
        #expect(ready.count == 0)
    }
}
