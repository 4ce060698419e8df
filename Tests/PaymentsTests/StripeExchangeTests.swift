import Glibc
import Synchronization
import Testing

@testable import Payments
@testable import Storage

/// One exchange per code and per event, whatever happens around it.
@Suite struct StripeExchangeTests {
    /// Two calls at once: the second starts while Stripe still thinks about the first.
    private func overlap(
        _ world: StripeWorld, first: StripeExchange, second: StripeExchange = .connected(.make()),
        secondCode: String = "ac_2", secondEvent: Int64 = 1
    ) -> (first: Result<LinkedStripe, PaymentError>?, second: Result<LinkedStripe, PaymentError>?) {
        let service = world.makeService()
        let results = Mutex<[Result<LinkedStripe, PaymentError>?]>([nil, nil])
        let call: @Sendable (Int, String, Int64) -> Void = { index, code, event in
            do throws(PaymentError) {
                let link = try service.create(code: code, event: EventID(event), by: StripeWorld.owner).result
                results.withLock { $0[index] = .success(link) }
            } catch {
                results.withLock { $0[index] = .failure(error) }
            }
        }
        let threads = Mutex<[Thread]>([])
        let isFirst = Atomic<Bool>(true)
        world.stripe.answers { _ in
            guard isFirst.exchange(false, ordering: .relaxed) else { return second }
            if let thread = Thread.start({ call(1, secondCode, secondEvent) }) {
                threads.withLock { $0.append(thread) }
            }
            // Until the second one waits for us, ten seconds at most.
            for _ in 0..<1000 where world.pauses.load(ordering: .relaxed) == 0 { usleep(10_000) }
            return first
        }
        call(0, "ac_1", 1)
        for thread in threads.withLock({ $0 }) { thread.join() }
        return results.withLock { ($0[0], $0[1]) }
    }

    private func failure(of result: Result<LinkedStripe, PaymentError>?) -> ConnectionFault? {
        guard case .failure(let error) = result, case .connection(let fault) = error.code else { return nil }
        return fault
    }

    @Test(arguments: ["ac_1", "ac_2"])
    func `of two creates at once one connects, one conflicts, and one exchange is made`(code: String) throws {
        let world = StripeWorld(sleeps: true)
        let (first, second) = overlap(world, first: .connected(.make()), secondCode: code)
        #expect(try first?.get().id == StripeAuthorizationID(1))
        #expect(failure(of: second) == .alreadyExists)
        #expect(world.stripe.codes == ["ac_1"])
        #expect(world.pauses.load(ordering: .relaxed) > 0)
    }

    @Test(arguments: [StripeExchange.refused("no"), .unreachable, .timedOut])
    func `a create that waited goes on when the first one failed`(answer: StripeExchange) throws {
        let world = StripeWorld(sleeps: true)
        let (first, second) = overlap(world, first: answer)
        #expect(failure(of: first) != nil)
        #expect(try second?.get().id == StripeAuthorizationID(1))
        #expect(world.stripe.codes == ["ac_1", "ac_2"])
    }

    @Test func `one code for two events at once is sent once`() throws {
        let world = StripeWorld(sleeps: true)
        let (first, second) = overlap(world, first: .connected(.make()), secondCode: "ac_1", secondEvent: 2)
        #expect(try first?.get().event == EventID(1))
        #expect(failure(of: second) == .codeUsed)
        #expect(world.stripe.codes == ["ac_1"])
    }

    @Test func `nobody waits for ever`() {
        let world = StripeWorld()
        let service = world.makeService()
        let inner = Mutex<[ConnectionFault?]>([])
        world.stripe.answers { _ in
            let created = fault { () throws(PaymentError) in
                try service.create(code: "ac_2", event: EventID(1), by: StripeWorld.owner)
            }
            inner.withLock { $0.append(created) }
            return .connected(.make())
        }
        _ = try? service.create(code: "ac_1", event: EventID(1), by: StripeWorld.owner)
        #expect(inner.withLock { $0 } == [.exchangeInProgress])
        #expect(world.stripe.codes == ["ac_1"])
        #expect(world.pauses.load(ordering: .relaxed) == StripeAuthorizations.patienceMilliseconds / 20)
    }

    @Test func `an event is neither deleted nor given other credentials while it is being connected`() throws {
        let world = StripeWorld()
        let service = world.makeService()
        let link = try service.create(code: "ac_1", event: EventID(1), by: StripeWorld.owner).result
        let inner = Mutex<[ConnectionFault?]>([])
        world.stripe.answers { _ in
            let deleted = fault { () throws(PaymentError) in
                try service.delete(.id(link.id), by: StripeWorld.owner)
            }
            let updated = fault { () throws(PaymentError) in
                try service.update(.id(link.id), code: "ac_3", event: nil, by: StripeWorld.owner)
            }
            inner.withLock { $0 += [deleted, updated] }
            return .connected(.make())
        }
        _ = try service.update(.id(link.id), code: "ac_2", event: nil, by: StripeWorld.owner)
        #expect(inner.withLock { $0 } == [.exchangeInProgress, .exchangeInProgress])
        #expect(world.stripe.codes == ["ac_1", "ac_2"])
    }

    @Test func `an intent whose process died is unknown, and its code is not sent again`() throws {
        let world = StripeWorld()
        let service = world.makeService()
        // The process ends while Stripe thinks: nothing it would do later is stored any more.
        world.stripe.answers { _ in
            world.repository.fails(.init(code: .unavailable))
            return .connected(.make())
        }
        #expect(throws: PaymentError.self) {
            try service.create(code: "ac_1", event: EventID(1), by: StripeWorld.owner)
        }
        world.repository.fails(nil)
        world.stripe.answers(.connected(.make()))

        let next = world.makeService()
        #expect(try next.unknownExchanges().map(\.state) == [.started])
        #expect(try next.link(of: EventID(1)).result == nil)
        _ = world.takeNotices()
        #expect(try next.recover() == 1)
        #expect(try next.unknownExchanges().map(\.state) == [.unknown])
        #expect(world.takeNotices().count == 1)
        #expect(try next.recover() == 0)
        #expect(
            fault { () throws(PaymentError) in
                try next.create(code: "ac_1", event: EventID(1), by: StripeWorld.owner)
            } == .outcomeUnknown)
        #expect(world.stripe.codes == ["ac_1"])
        #expect(try next.create(code: "ac_2", event: EventID(1), by: StripeWorld.owner).result.event == EventID(1))
    }

    @Test func `an exchange that is under way is not called unknown`() throws {
        let world = StripeWorld()
        let service = world.makeService()
        let seen = Mutex<[Int]>([])
        world.stripe.answers { _ in
            let count = (try? service.unknownExchanges().count) ?? -1
            let recovered = (try? service.recover()) ?? -1
            seen.withLock { $0 += [count, recovered] }
            return .connected(.make())
        }
        _ = try service.create(code: "ac_1", event: EventID(1), by: StripeWorld.owner)
        #expect(seen.withLock { $0 } == [0, 0])
    }

    @Test func `the intent is durable before Stripe is asked, and the result before anybody hears of it`() throws {
        let world = StripeWorld()
        let service = world.makeService()
        let before = Mutex<Bool>(false)
        world.stripe.answers { _ in
            let isIntent = world.repository.wrote(#""state":"started""#)
            before.withLock { $0 = isIntent && world.repository.isEverythingWaitedFor }
            return .connected(.make())
        }
        _ = try service.create(code: "ac_1", event: EventID(1), by: StripeWorld.owner)
        #expect(before.withLock { $0 })
        #expect(world.repository.isEverythingWaitedFor)
        _ = try service.delete(.event(.id(EventID(1))), by: StripeWorld.owner)
        #expect(world.repository.isEverythingWaitedFor)
        world.stripe.answers(.refused("no"))
        #expect(throws: PaymentError.self) {
            try service.create(code: "ac_2", event: EventID(1), by: StripeWorld.owner)
        }
        #expect(world.repository.isEverythingWaitedFor)
    }

    @Test func `an intent that does not become durable sends nothing, nor does a deletion`() throws {
        let world = StripeWorld()
        let service = world.makeService()
        _ = try service.create(code: "ac_1", event: EventID(1), by: StripeWorld.owner)
        world.repository.losesItsDisk()
        let created = refusal { () throws(PaymentError) in
            try service.create(code: "ac_2", event: EventID(2), by: StripeWorld.owner)
        }
        let deleted = refusal { () throws(PaymentError) in
            try service.delete(.event(.id(EventID(1))), by: StripeWorld.owner)
        }
        #expect(created?.code == .unavailable && deleted?.code == .unavailable)
        #expect(world.stripe.codes == ["ac_1"])
        #expect(world.stripe.deauthorized.isEmpty)
    }

    @Test func `an intent that cannot be stored sends nothing`() {
        let world = StripeWorld()
        let service = world.makeService()
        world.repository.fails(.init(code: .unavailable))
        #expect(
            refusal { () throws(PaymentError) in
                try service.create(code: "ac_1", event: EventID(1), by: StripeWorld.owner)
            }?.code == .unavailable)
        #expect(world.stripe.codes.isEmpty)
    }

    @Test func `a result that cannot be stored is unavailable, reported, and unknown from then on`() throws {
        let world = StripeWorld()
        let service = world.makeService()
        world.repository.fails(.init(code: .unavailable, after: 1))
        #expect(
            refusal { () throws(PaymentError) in
                try service.create(code: "ac_1", event: EventID(1), by: StripeWorld.owner)
            }?.code == .unavailable)
        world.repository.fails(nil)
        let unknown = try service.unknownExchanges()
        #expect(unknown.count == 1)
        #expect(world.takeNotices() == unknown.map { .notRecorded(EventID(1), exchange: $0.digest) })
        #expect(world.stripe.deauthorized.isEmpty, "nothing is undone blindly")
        #expect(try service.authorizations().isEmpty)
    }

    @Test func `a result survives a journal whose queue is full for a moment`() throws {
        let world = StripeWorld()
        let service = world.makeService()
        world.repository.fails(.init(code: .overloaded, after: 1, count: 3))
        #expect(try service.create(code: "ac_1", event: EventID(1), by: StripeWorld.owner).result.event == EventID(1))
        #expect(world.stripe.codes == ["ac_1"])
    }

    @Test func `without a key to seal with nothing is sent`() {
        let world = StripeWorld(sealing: FakeSealing(isBroken: true))
        let service = world.makeService()
        #expect(
            refusal { () throws(PaymentError) in
                try service.create(code: "ac_1", event: EventID(1), by: StripeWorld.owner)
            }?.code == .unavailable)
        #expect(world.stripe.codes.isEmpty)
        #expect(world.repository.written.isEmpty)
    }

    @Test func `a thousand unknown outcomes ask for the operator before another code is sent`() throws {
        let world = StripeWorld()
        let service = world.makeService()
        world.stripe.answers(.timedOut)
        for number in 0..<StripeLedger.outstandingLimit {
            _ = try? service.create(code: "ac_\(number)", event: EventID(1), by: StripeWorld.owner)
        }
        let refused = refusal { () throws(PaymentError) in
            try service.create(code: "ac_x", event: EventID(1), by: StripeWorld.owner)
        }
        #expect(refused?.code == .unavailable)
        #expect(world.stripe.codes.count == StripeLedger.outstandingLimit)
        let first = try #require(try service.unknownExchanges().first)
        _ = try service.settle(exchange: first.digest)
        world.stripe.answers(.connected(.make()))
        _ = try service.create(code: "ac_x", event: EventID(1), by: StripeWorld.owner)
    }
}
