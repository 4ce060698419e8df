import Payments
import Synchronization
import Testing

@testable import Storage

/// A repository whose process dies at a chosen step: everything is refused from there on.
final class DyingRepository: Repository {
    private let survivor: any Repository
    private let stepsLeft = Mutex<Int?>(nil)

    init(_ survivor: any Repository) { self.survivor = survivor }

    /// Lets that many more steps happen; a step is a transaction that puts something, or a wait.
    func die(after steps: Int) { stepsLeft.withLock { $0 = steps } }

    private func step() throws(PaymentError) {
        let isDead = stepsLeft.withLock { left in
            guard let present = left else { return false }
            left = max(0, present - 1)
            return present == 0
        }
        if isDead { throw PaymentError(.unavailable, "dead") }
    }

    func perform(
        reading keys: [DocumentKey], _ body: (inout Transaction) throws(PaymentError) -> Void
    ) throws(PaymentError) -> SequenceNumber {
        try survivor.perform(reading: keys) { transaction throws(PaymentError) in
            try body(&transaction)
            if !transaction.puts.isEmpty { try step() }
        }
    }

    func waitUntilDurable(_ sequence: SequenceNumber) throws(PaymentError) {
        try step()
        try survivor.waitUntilDurable(sequence)
    }
}

@Suite struct MerchantCrashTests {
    let disk = MemoryRepository(settlesAtOnce: true, onDurable: { _ in })
    let repository: DyingRepository
    let world: MerchantWorld
    let mobilab = MerchantWorld.mobilab

    init() throws {
        repository = DyingRepository(disk)
        world = try MerchantWorld(repository: repository)
    }

    /// The process as it is started again over what the first left on disk.
    private func restarted() throws -> MerchantWorld {
        try MerchantWorld(repository: disk, clock: world.clock, provider: world.provider, isSeeded: false)
    }

    @Test func `a crash before the intent leaves nothing, and the request is made afterwards`() throws {
        repository.die(after: 0)
        #expect(refusal { () throws(PaymentError) in _ = try world.payments.charge(try .make(), for: mobilab) } != nil)
        let next = try restarted()
        #expect(try next.payments.charge(.make(), for: mobilab).result.status == .success)
        #expect(world.provider.calls.count == 1)
    }

    @Test func `a crash between intent and call is PENDING, then a FAIL once the provider knows of nothing`() throws {
        repository.die(after: 1)
        #expect(refusal { () throws(PaymentError) in _ = try world.payments.charge(try .make(), for: mobilab) } != nil)
        #expect(world.provider.calls.isEmpty)
        let next = try restarted()
        #expect(try next.payments.charge(.make(), for: mobilab).result.status == .pending)
        #expect(world.provider.calls.isEmpty, "nobody knows, so nobody calls again")
        world.provider.finds(.absent)
        world.clock.advance(minutes: 1)
        #expect(try next.payments.settle(atMost: 10) == 1)
        #expect(try next.payments.charge(.make(), for: mobilab).result.status == .fail)
        #expect(world.provider.calls.isEmpty)
    }

    @Test func `a crash between call and result is PENDING, then what the provider says`() throws {
        repository.die(after: 2)
        #expect(try world.payments.charge(.make(), for: mobilab).result.status == .pending)
        #expect(world.provider.calls.count == 1)
        let next = try restarted()
        let present = try next.payments.charge(.make(), for: mobilab).result
        #expect(present.status == .pending)
        world.provider.finds(.approved(ProviderApproval(id: ProviderTransactionID("pi_1"))))
        world.clock.advance(minutes: 1)
        #expect(try next.payments.settle(atMost: 10) == 1)
        #expect(try next.payments.charge(.make(), for: mobilab).result.status == .success)
        #expect(world.provider.calls.count == 1)
        #expect(world.provider.questions.first?.idempotencyKey == world.provider.calls.first?.idempotencyKey)
        #expect(world.provider.questions.first?.reference == "\(present.payment)-0")
        #expect(try next.payments.settle(atMost: 10) == 0)
    }

    @Test(arguments: [1, 2])
    func `a crash in a capture is PENDING and never captured twice`(steps: Int) throws {
        let id = try world.payments.charge(.make(.preauthorization), for: mobilab).result.payment
        repository.die(after: steps)
        _ = refusal { () throws(PaymentError) in _ = try world.payments.end(.capture(id), for: mobilab) }
        let next = try restarted()
        let calls = world.provider.calls.count
        #expect(try next.payments.end(.capture(id), for: mobilab).result.status == .pending)
        #expect(
            refusal { () throws(PaymentError) in _ = try next.payments.end(.reversal(id), for: mobilab) }?.number
                == "3016")
        #expect(world.provider.calls.count == calls)
        world.provider.finds(.approved(ProviderApproval(id: ProviderTransactionID("psp-\(id)-0"))))
        world.clock.advance(minutes: 1)
        #expect(try next.payments.settle(atMost: 10) == 1)
        #expect(try next.payments.end(.capture(id), for: mobilab).result.status == .success)
        #expect(world.provider.calls.count == calls)
    }

    @Test(arguments: [1, 2])
    func `a crash in a refund keeps its amount reserved until it is settled`(steps: Int) throws {
        let id = try world.charged()
        repository.die(after: steps)
        _ = refusal { () throws(PaymentError) in _ = try world.payments.refund(try .make(id, amount: 300), for: mobilab)
        }
        let next = try restarted()
        #expect(try next.payments.refund(.make(id, amount: 300), for: mobilab).result.status == .pending)
        let other = try RefundCommand.make(id, key: "refund-0000002", amount: 1)
        #expect(
            refusal { () throws(PaymentError) in _ = try next.payments.refund(other, for: mobilab) }?.number == "3018")
        world.provider.finds(.absent)
        world.clock.advance(minutes: 1)
        #expect(try next.payments.settle(atMost: 10) == 1)
        #expect(try next.payments.refund(.make(id, amount: 300), for: mobilab).result.status == .fail)
        #expect(try next.payments.refund(other, for: mobilab).result.status == .success)
    }

    @Test func `no provider is called before its intent is durable`() throws {
        let slow = MemoryRepository(settlesAtOnce: false, onDurable: { _ in })
        let world = try MerchantWorld(repository: slow)
        let command = try ChargeCommand.make()
        let thread = Thread.start { _ = try? world.payments.charge(command, for: mobilab) }
        _ = Semaphore().wait(milliseconds: 150)
        #expect(world.provider.calls.isEmpty)
        slow.settle(upTo: .max)
        thread?.join()
        #expect(world.provider.calls.count == 1)
    }
}
