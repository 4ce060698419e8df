import Synchronization
import Testing

@testable import FastCGI

/// What a reload replaces, and what it leaves to the requests in flight.
struct GenerationTests {
    /// A handler that signs what it says, and notes what it is told was sent.
    private final class Signing: RequestHandler {
        let name: String
        let sent = Mutex<[Int]>([])
        private let respond: @Sendable (Request) -> Outcome

        init(_ name: String, _ respond: @escaping @Sendable (Request) -> Outcome) {
            self.name = name
            self.respond = respond
        }

        convenience init(_ name: String, durableAt: UInt64 = 0) {
            self.init(name) { _ in .response(Response(status: 200, body: Array(name.utf8), durableAt: durableAt)) }
        }

        func handle(_ request: Request) -> Outcome { respond(request) }

        func refuse(_ reason: Refusal, _ request: Request?) -> Response {
            Response(status: 503, body: Array("\(name) refuses".utf8))
        }

        func didSend(_ response: Response, durationNanoseconds: UInt64) {
            sent.withLock { $0.append(response.status) }
        }
    }

    private func generation(_ handler: some RequestHandler, limits: Limits = Limits()) -> Generation {
        Generation(handler: handler, configuration: makeConfiguration(limits: limits), accessLog: nil)
    }

    @Test func `what is read after the replacement is served by the next, on the same connection`() throws {
        let (old, new) = (Signing("old"), Signing("new"))
        let server = try makeServer(handler: old)
        let client = try server.connect()
        #expect(client.ask()?.body == "old")
        server.server.replace(by: generation(new))
        #expect(client.ask()?.body == "new")
        #expect(eventually { old.sent.withLock { $0 } == [200] && new.sent.withLock { $0 } == [200] })
    }

    @Test func `an answer that waits for the journal is refused and counted by the generation that gave it`() throws {
        let (old, new) = (Signing("old", durableAt: 1), Signing("new"))
        let server = try makeServer(handler: old)
        let client = try server.connect()
        client.send(FastCGIClient.request())
        #expect(eventually { server.server.held.count == 1 })
        server.server.replace(by: generation(new))
        server.server.failHeld()
        #expect(client.answer()?.body == "old refuses")
        #expect(eventually { old.sent.withLock { $0 } == [503] })
        #expect(new.sent.withLock { $0 }.isEmpty)
    }

    @Test func `a request on the second lane is finished by the generation that began it`() throws {
        let gate = EventDescriptor(.semaphore)
        let old = Signing("old") { _ in
            .blocking {
                gate.wait()
                return Response(status: 201, body: Array("old".utf8))
            }
        }
        let server = try makeServer(handler: old)
        let client = try server.connect()
        client.send(FastCGIClient.request())
        #expect(eventually { server.server.lane.count == 1 })
        server.server.replace(by: generation(Signing("new")))
        gate.signal()
        #expect(client.answer()?.body == "old")
        #expect(eventually { old.sent.withLock { $0 } == [201] })
    }

    @Test func `limits are those of the generation`() throws {
        let server = try makeServer(handler: Signing("old"))
        let client = try server.connect()
        let body = String(repeating: "x", count: 2000)
        #expect(client.ask(body: body)?.body == "old")
        server.server.replace(by: generation(Signing("new"), limits: Limits(bodyBytes: 1000)))
        #expect(client.ask(body: body)?.body == "new refuses")
    }

    @Test func `the operator's socket has a limit of its own`() throws {
        let limits = Limits(bodyBytes: 10, adminBodyBytes: 20)
        #expect(limits.bodyBytes(for: .public) == 10)
        #expect(limits.bodyBytes(for: .admin) == 20)
    }

    @Test func `under load no request fails, and each is counted by who answered it`() throws {
        let handlers = (0..<50).map { Signing("\($0)") }
        let server = try makeServer(handler: handlers[0])
        let answers = Mutex<[String]>([])
        let isOver = Atomic(false)
        let path = server.path
        let callers = try (0..<4).map { index in
            try ServerThread(name: "caller-\(index)") {
                guard let client = try? FastCGIClient(path: path) else { return }  // seen in the counts below
                while !isOver.load(ordering: .relaxed) {
                    guard let answer = client.ask(), answer.status == 200 else {
                        return answers.withLock { $0.append("failed") }
                    }
                    answers.withLock { $0.append(answer.body) }
                }
            }
        }
        for handler in handlers.dropFirst() {
            server.server.replace(by: generation(handler))
            #expect(eventually { handler.sent.withLock { $0.count } > 0 })
        }
        isOver.store(true, ordering: .relaxed)
        for caller in callers { caller.join() }
        let all = answers.withLock { $0 }
        for handler in handlers {
            #expect(eventually { handler.sent.withLock { $0.count } == all.count { $0 == handler.name } })
        }
        #expect(!all.contains("failed"))
    }
}
