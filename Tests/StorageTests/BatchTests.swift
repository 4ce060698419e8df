import Foundation
import Glibc
import Synchronization
import Testing

@testable import Payments
@testable import Storage

/// Transactions whose caller flushes for them.
struct BatchTests {
    private let gate = CallGate(SimulatedDisk())
    private let log = EventLog()

    /// Which threads reported a durable position.
    private final class Reporters: Sendable {
        private let threads = Mutex<[UInt]>([])
        var all: [UInt] { threads.withLock { $0 } }
        func note() { threads.withLock { $0.append(UInt(pthread_self())) } }
    }

    private func make(_ configuration: JournalConfiguration = .make()) throws -> (JournalRepository, Reporters) {
        let reporters = Reporters()
        let repository = try JournalRepository(directory: "/store", configuration: configuration, fileSystem: gate)
        var events = log.events
        let note = events.onDurable
        events.onDurable = { sequence in
            reporters.note()
            note(sequence)
        }
        repository.start(events)
        return (repository, reporters)
    }

    /// Has the committer flush a transaction, which takes longer than a quick disk would.
    private func flushSlowly(_ repository: JournalRepository) throws(PaymentError) -> SequenceNumber {
        gate.hold("fdatasync")
        let slow = try repository.put(.make("slow"))
        #expect(eventually { gate.isWaiting })
        usleep(4000)
        gate.release()
        try repository.waitUntilDurable(slow)
        return slow
    }

    @Test func `what a batch recorded is durable at its end, in one flush, by its own thread`() throws {
        let (repository, reporters) = try make()
        try repository.batched { () throws(PaymentError) in
            try repository.put(.make("one"))
            try repository.put(.make("two"))
        }
        #expect(log.durable == [2])
        #expect(reporters.all == [UInt(pthread_self())])
        repository.close()
    }

    @Test func `what others record during a batch is flushed with it`() throws {
        let (repository, _) = try make()
        try repository.batched { () throws(PaymentError) in
            try repository.put(.make("ours"))
            let others = Mutex<SequenceNumber>(0)
            DispatchQueue.concurrentPerform(iterations: 2) { index in
                guard index == 1, let sequence = try? repository.put(.make("theirs")) else { return }
                others.withLock { $0 = sequence }
            }
            #expect(others.withLock { $0 } == 2)
            #expect(log.durable.isEmpty)
        }
        #expect(log.durable == [2])
        repository.close()
    }

    @Test func `a batch that ends during another flush leaves its own to the committer`() throws {
        let (repository, reporters) = try make()
        gate.hold("fdatasync")
        let first = try repository.put(.make("committer's"))
        // The committer has taken the first once it waits for the disk.
        #expect(eventually { gate.isWaiting })
        let second = try repository.batched { () throws(PaymentError) in try repository.put(.make("batch's")) }
        #expect(log.durable.isEmpty)
        gate.release()
        try repository.waitUntilDurable(second)
        #expect(eventually { log.durable == [first, second] })
        #expect(!reporters.all.contains(UInt(pthread_self())))
        repository.close()
    }

    @Test func `while the disk is slow the committer flushes, and the batch does not wait`() throws {
        let (repository, reporters) = try make()
        let slow = try flushSlowly(repository)
        let next = try repository.batched { () throws(PaymentError) in try repository.put(.make("next")) }
        try repository.waitUntilDurable(next)
        #expect(eventually { log.durable == [slow, next] })
        #expect(!reporters.all.contains(UInt(pthread_self())))
        // Once flushes are quick again, batches flush again.
        #expect(
            eventually {
                _ = try? repository.batched { () throws(PaymentError) in try repository.put(.make("last")) }
                usleep(200)
                return reporters.all.last == UInt(pthread_self())
            })
        repository.close()
    }

    @Test func `a batch that lasts keeps nobody waiting`() throws {
        let (repository, reporters) = try make(.make(sealAfterMilliseconds: 5))
        try repository.batched { () throws(PaymentError) in
            let sequence = try repository.put(.make("early"))
            try repository.waitUntilDurable(sequence)
            #expect(eventually { log.durable.contains(sequence) })
        }
        #expect(!reporters.all.contains(UInt(pthread_self())))
        repository.close()
    }

    @Test func `a batch that began while the disk was quick does not wait for a slow one either`() throws {
        let (repository, reporters) = try make(.make(sealAfterMilliseconds: 1))
        let sequence = try repository.batched { () throws(PaymentError) in
            _ = try flushSlowly(repository)
            return try repository.put(.make("next"))
        }
        try repository.waitUntilDurable(sequence)
        #expect(eventually { log.durable.contains(sequence) })
        #expect(!reporters.all.contains(UInt(pthread_self())))
        repository.close()
    }

    @Test func `a flush that fails in a batch ends all recording`() throws {
        let (repository, _) = try make()
        gate.fail("fdatasync", in: "000000000001.", with: EIO)
        let sequence = try repository.batched { () throws(PaymentError) in try repository.put(.make("lost")) }
        #expect(log.failures.count == 1)
        #expect(throws: PaymentError.self) { try repository.waitUntilDurable(sequence) }
        #expect(throws: PaymentError.self) { try repository.put(.make("later")) }
        repository.close()
        #expect(log.durable.isEmpty)
    }

    @Test func `what does not fit the open segment is the committer's`() throws {
        let (repository, reporters) = try make(.make(firstSegmentBytes: 1024, segmentBytes: 4096, lineBytes: 1024))
        let sequence = try repository.batched { () throws(PaymentError) in
            var last: SequenceNumber = 0
            for number in 0..<12 { last = try repository.put(.make("account-\(number)")) }
            return last
        }
        try repository.waitUntilDurable(sequence)
        #expect(eventually { log.durable.last == sequence })
        #expect(!reporters.all.contains(UInt(pthread_self())))
        repository.close()
    }

    @Test func `a seal follows a batch, as it follows the committer's flush`() throws {
        let (repository, _) = try make(.make(sealAfterMilliseconds: 20))
        try repository.batched { () throws(PaymentError) in try repository.put(.make("one")) }
        // Two threads report: their order is theirs.
        #expect(eventually { log.durable.sorted() == [1, 2] })
        // Nothing is left to protect.
        usleep(60_000)
        #expect(log.durable.sorted() == [1, 2])
        repository.close()
    }

    @Test func `a batch that is open while the store closes is flushed`() throws {
        let (repository, _) = try make()
        var closing: Storage.Thread?
        let sequence = try repository.batched { () throws(PaymentError) in
            let sequence = try repository.put(.make("last"))
            closing = Thread.start { repository.close() }
            #expect(eventually { (try? repository.put(.make("too late"))) == nil })
            return sequence
        }
        closing?.join()
        #expect((log.durable.max() ?? 0) >= sequence)
        #expect(log.failures.isEmpty)
    }

    private func eventually(_ condition: () -> Bool) -> Bool {
        for _ in 0..<4000 {
            if condition() { return true }
            usleep(500)
        }
        return false
    }
}
