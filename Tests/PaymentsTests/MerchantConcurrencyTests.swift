import Payments
import Synchronization
import Testing

@testable import Storage

@Suite(.timeLimit(.minutes(2))) struct MerchantConcurrencyTests {
    let mobilab = MerchantWorld.mobilab

    @Test func `twenty equal requests at once make one call and get one answer`() throws {
        let world = try MerchantWorld()
        let gate = Semaphore()
        world.provider.answers { operation in
            _ = gate.wait(milliseconds: 300)
            return ScriptedProvider.approve(operation)
        }
        let command = try ChargeCommand.make()
        let results = together(20) { _ in try? world.payments.charge(command, for: mobilab).result }
        #expect(results.count == 20)
        #expect(Set(results.map { $0?.payment }).count == 1)
        #expect(results.allSatisfy { $0?.status == .success })
        #expect(world.provider.calls.count == 1)
    }

    @Test func `of twenty different requests with one key one is made and the others refused at once`() throws {
        let world = try MerchantWorld()
        world.provider.answers { operation in
            _ = Semaphore().wait(milliseconds: 200)
            return ScriptedProvider.approve(operation)
        }
        let commands = try (0..<20).map { try ChargeCommand.make(amount: 300 + Int64($0)) }
        let refusals = together(20) { index in
            refusal { () throws(PaymentError) in _ = try world.payments.charge(commands[index], for: mobilab) }
        }
        #expect(refusals.count { $0 == nil } == 1)
        #expect(refusals.count { $0?.number == "3021" } == 19)
        #expect(world.provider.calls.count == 1)
    }

    @Test(arguments: [true, false])
    func `twenty ends of one hold at once make one call`(captures: Bool) throws {
        let world = try MerchantWorld()
        let id = try world.payments.charge(.make(.preauthorization), for: mobilab).result.payment
        world.provider.answers { operation in
            _ = Semaphore().wait(milliseconds: 100)
            return ScriptedProvider.approve(operation)
        }
        let results = together(20) { _ in
            try? world.payments.end(captures ? .capture(id) : .reversal(id), for: mobilab).result
        }
        #expect(results.allSatisfy { $0?.status == .success })
        #expect(world.provider.calls.count == 2)
    }

    @Test func `a capture and a reversal at once: one wins, the other is refused`() throws {
        let world = try MerchantWorld()
        let id = try world.payments.charge(.make(.preauthorization), for: mobilab).result.payment
        let refusals = together(10) { index in
            refusal { () throws(PaymentError) in
                _ = try world.payments.end(index.isMultiple(of: 2) ? .capture(id) : .reversal(id), for: mobilab)
            }
        }
        #expect(refusals.count { $0 == nil } == 5)
        #expect(refusals.count { $0?.number == "3016" } == 5)
        #expect(world.provider.calls.count == 2)
    }

    @Test func `parallel refunds together never exceed the payment`() throws {
        let world = try MerchantWorld()
        let id = try world.charged()
        world.provider.answers { operation in
            _ = Semaphore().wait(milliseconds: 20)
            return ScriptedProvider.approve(operation)
        }
        let commands = try (0..<20).map { try RefundCommand.make(id, key: "refund-number-\($0)", amount: 31) }
        let refusals = together(20) { index in
            refusal { () throws(PaymentError) in _ = try world.payments.refund(commands[index], for: mobilab) }
        }
        #expect(refusals.count { $0 == nil } == 9)
        #expect(refusals.count { $0?.number == "3018" } == 11)
        #expect(world.provider.calls.count == 10)
    }

    @Test func `who waits too long is answered PENDING, and the late answer counts`() throws {
        let world = try MerchantWorld(waitMilliseconds: 50)
        let (entered, gate) = (Semaphore(), Semaphore())
        world.provider.answers { operation in
            entered.post()
            gate.wait()
            return ScriptedProvider.approve(operation)
        }
        let command = try ChargeCommand.make()
        let first = Mutex<PaymentResult?>(nil)
        let thread = Thread.start {
            let result = try? world.payments.charge(command, for: mobilab).result
            first.withLock { $0 = result }
        }
        entered.wait()
        #expect(try world.payments.charge(command, for: mobilab).result.status == .pending)
        world.clock.advance(minutes: 10)
        #expect(try world.payments.settle(atMost: 10) == 0, "a call that runs is not asked about")
        gate.post()
        thread?.join()
        #expect(first.withLock { $0?.status } == .success)
        #expect(try world.payments.charge(command, for: mobilab).result.status == .success)
        #expect(world.provider.calls.count == 1)
        #expect(world.provider.questions.isEmpty)
    }

    @Test func `a lock goes to who waits longest, and to nobody twice`() throws {
        let locks = KeyedLocks()
        let key = DocumentKey(Payment.kind, DocumentID("1"))
        let inside = Atomic<Int>(0)
        let most = Atomic<Int>(0)
        let total = Atomic<Int>(0)
        _ = together(16) { _ in
            for _ in 0..<200 {
                _ = try? locks.withLock(key, waitingMilliseconds: 10_000) { () throws(PaymentError) in
                    let present = inside.wrappingAdd(1, ordering: .relaxed).newValue
                    most.max(present, ordering: .relaxed)
                    total.wrappingAdd(1, ordering: .relaxed)
                    inside.wrappingSubtract(1, ordering: .relaxed)
                }
            }
        }
        #expect(most.load(ordering: .relaxed) == 1)
        #expect(total.load(ordering: .relaxed) == 3200)
        let nested = try locks.withLock(key, waitingMilliseconds: 0) { () throws(PaymentError) in
            try locks.withLock(key, waitingMilliseconds: 20) { () throws(PaymentError) in true }
        }
        #expect(nested == .some(nil))
        #expect(try locks.withLock(key, waitingMilliseconds: 0) { () throws(PaymentError) in true } == true)
    }
}
