import CAIO
import Glibc
import Synchronization
import Testing

@testable import Payments
@testable import Storage

/// Flushes that a batch begins, and somebody ends later.
struct FlushUnderWayTests {
    private let disk = SimulatedDisk()
    private let log = EventLog()
    private let event = eventfd(0, Int32(EFD_NONBLOCK))

    private func make(_ configuration: JournalConfiguration = .make()) throws -> JournalRepository {
        let repository = try JournalRepository(directory: "/store", configuration: configuration, fileSystem: disk)
        repository.start(log.events)
        return repository
    }

    private var queue: SimulatedWriteQueue {
        get throws { try #require(disk.queue(of: "/store/journal/000000000001.jsonl")) }
    }

    private func batch(_ repository: JournalRepository, _ id: String) throws(PaymentError) {
        try repository.batched(signalling: event) { () throws(PaymentError) in try repository.put(.make(id)) }
    }

    /// Whether the event was signalled since the last question.
    private var isSignalled: Bool {
        var value: UInt64 = 0
        return unsafe read(event, &value, MemoryLayout<UInt64>.size) > 0
    }

    @Test func `a batch returns before its flush is over, and what comes meanwhile goes with the next`() throws {
        let repository = try make()
        try queue.hold()
        try batch(repository, "one")
        #expect(try queue.isUnderWay)
        try batch(repository, "two")
        repository.endFlush()
        #expect(log.durable.isEmpty && !isSignalled)
        try queue.release()
        #expect(isSignalled)
        repository.batch(signalling: event) { repository.endFlush() }
        #expect(log.durable == [1])
        // The batch that ended the first has begun the second, or left it to another.
        usleep(1000)
        repository.batch(signalling: event) {}
        repository.endFlush(waits: true)
        #expect(log.durable == [1, 2])
        #expect(isSignalled)
        repository.close()
        #expect(try JournalRepository.make("/store", fileSystem: disk).balance("two") != nil)
    }

    /// Makes four transactions durable while a fifth comes, and returns when the next flush is due; nil when it has begun.
    private func flushFour(_ repository: JournalRepository) throws -> UInt64? {
        try queue.hold()
        try repository.batched(signalling: event) { () throws(PaymentError) in
            for number in 1...4 { try repository.put(.make("account-\(number)")) }
        }
        try batch(repository, "account-5")
        usleep(1000)  // what the flush takes, and so what the next one waits
        try queue.release()
        return repository.batch(signalling: event) { repository.endFlush() }
    }

    /// A repository whose last batch left a transaction to gather, and has most of its millisecond left.
    private func gathering(_ configuration: JournalConfiguration = .make()) throws -> JournalRepository {
        let repository = try make(configuration)
        for _ in 0..<50 {
            if let due = try flushFour(repository), due > 500_000 { return repository }
            // This machine had something else to do in between.
            repository.batch {}
            repository.endFlush(waits: true)
        }
        throw PaymentError(.unavailable, "No batch came in time.")
    }

    @Test func `a flush waits for more, and begins when they have come`() throws {
        let repository = try gathering()
        #expect(try !queue.isUnderWay)
        try repository.batched(signalling: event) { () throws(PaymentError) in
            for number in 6...9 { try repository.put(.make("account-\(number)")) }
        }
        #expect(try queue.isUnderWay)
        repository.endFlush(waits: true)
        repository.close()
    }

    @Test func `a flush for which nobody has come begins when its time is over`() throws {
        let repository = try gathering()
        #expect(try !queue.isUnderWay)
        usleep(2000)
        #expect(repository.batch(signalling: event) {} == nil)
        #expect(try queue.isUnderWay)
        repository.endFlush(waits: true)
        repository.close()
    }

    @Test func `without an event, a batch flushes also what another left to gather`() throws {
        let repository = try gathering()
        let before = log.durable
        #expect(repository.batch {} == nil)
        #expect(log.durable.count == before.count + 1)
        repository.close()
    }

    @Test func `what nobody comes to flush is flushed by the committer`() throws {
        let repository = try gathering(.make(sealAfterMilliseconds: 20))
        let before = log.durable
        #expect(eventually { log.durable.count > before.count })
        repository.close()
    }

    @Test func `without an event, a batch waits for its flush`() throws {
        let repository = try make()
        try repository.batched { () throws(PaymentError) in try repository.put(.make("one")) }
        #expect(log.durable == [1])
        #expect(try !queue.isUnderWay)
        repository.close()
    }

    @Test func `a flush that nobody comes to end is ended by the committer`() throws {
        let repository = try make(.make(sealAfterMilliseconds: 5))
        try batch(repository, "one")
        #expect(eventually { log.durable.contains(1) })
        repository.close()
    }

    @Test func `who waits for a transaction hears of the end`() throws {
        let repository = try make()
        try queue.hold()
        try batch(repository, "one")
        let waiter = Thread.start { try? repository.waitUntilDurable(1) }
        usleep(5000)
        #expect(log.durable.isEmpty)
        try queue.release()
        repository.endFlush(waits: true)
        waiter?.join()
        #expect(log.durable == [1])
        repository.close()
    }

    @Test(arguments: [EIO, ENOSPC]) func `a flush that fails ends all recording`(_ number: Int32) throws {
        let repository = try make()
        try queue.decide(.failed(number))
        try batch(repository, "lost")
        repository.endFlush(waits: true)
        #expect(log.failures.count == 1 && log.failures[0].contains("000000000001.jsonl"))
        #expect(log.durable.isEmpty)
        #expect(throws: PaymentError.self) { try repository.put(.make("later")) }
        #expect(throws: PaymentError.self) { try repository.waitUntilDurable(1) }
        repository.close()
        #expect(log.durable.isEmpty)
    }

    @Test func `of two who look at a flush that failed, neither makes it again`() throws {
        let repository = try make()
        try queue.decide(.failed(EIO))
        try batch(repository, "lost")
        let lookers = (0..<4).map { _ in Thread.start { repository.endFlush(waits: true) } }
        for looker in lookers { looker?.join() }
        #expect(log.failures.count == 1)
        #expect(log.durable.isEmpty)
        repository.close()
        #expect(log.durable.isEmpty)
    }

    @Test(arguments: ["short", "invalid", "refused"])
    func `a write that the kernel does not make is made by a commit`(_ fate: String) throws {
        let repository = try make()
        try queue.decide(["short": .short, "invalid": .failed(EINVAL), "refused": .refused][fate] ?? .done)
        for number in 0..<3 {
            try batch(repository, "account-\(number)")
            repository.endFlush(waits: true)
            // By the committer, should this machine be too slow for a batch to wait.
            try repository.waitUntilDurable(SequenceNumber(number + 1))
        }
        #expect(eventually { log.durable.last == 3 })
        #expect(log.failures.isEmpty)
        repository.close()
        let again = try JournalRepository.make("/store", fileSystem: disk)
        for number in 0..<3 { #expect(try again.balance("account-\(number)") != nil) }
        again.close()
    }

    @Test func `a close waits for the flush under way`() throws {
        let repository = try make(.make(sealAfterMilliseconds: 5))
        try queue.hold()
        try batch(repository, "last")
        let closing = Thread.start { repository.close() }
        usleep(20_000)
        #expect(log.durable.isEmpty)
        try queue.release()
        closing?.join()
        #expect(log.durable.contains(1))
        #expect(log.failures.isEmpty)
    }

    @Test(arguments: [true, false])
    func `who looks for the end of a flush is not held by a committer that waits for room`(_ waits: Bool) throws {
        let gate = CallGate(disk)
        gate.hold("pwrite", in: "000000000002.")
        let repository = try JournalRepository(
            directory: "/store", configuration: .make(firstSegmentBytes: 1024, lineBytes: 1024), fileSystem: gate)
        repository.start(log.events)
        for number in 0..<20 { try repository.put(.make("account-\(number)")) }
        #expect(eventually { gate.isWaiting && !log.durable.isEmpty })
        // By now the committer has written what there was room for, and waits for the next segment.
        usleep(20_000)
        let isDone = Atomic<Bool>(false)
        let looking = Thread.start {
            repository.endFlush(waits: waits)
            isDone.store(true, ordering: .releasing)
        }
        #expect(eventually { isDone.load(ordering: .acquiring) })
        #expect(!log.durable.contains(20))
        gate.release()
        looking?.join()
        #expect(eventually { log.durable.contains(20) })
        repository.close()
    }

    @Test func `the kernel's queue writes, signals and tells`() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/file"
        let file = try PosixFileSystem().open(path, .create)
        let descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
        defer { close(descriptor) }
        let queue = try #require(KernelWriteQueue(descriptor: descriptor))
        let blocks = BlockBuffer(newlines: 8192)
        let isBegun = blocks.withBlocks { queue.begin($0, at: 4096, signalling: event) }
        #expect(isBegun)
        #expect(queue.end(waits: true) == 8192)
        #expect(eventually { isSignalled })
        #expect(queue.end(waits: false) == nil)
        #expect(try file.length() == 4096 + 8192)
    }

    @Test func `the kernel's queue tells of errors`() throws {
        let descriptor = unsafe open("/dev/full", O_WRONLY | O_CLOEXEC)
        let queue = try #require(KernelWriteQueue(descriptor: descriptor))
        let blocks = BlockBuffer(newlines: 4096)
        let isBegun = blocks.withBlocks { queue.begin($0, at: 0, signalling: event) }
        if isBegun { #expect(queue.end(waits: true) == -Int(ENOSPC)) }
        close(descriptor)
        // No file any more: nothing is begun.
        #expect(!blocks.withBlocks { queue.begin($0, at: 0, signalling: event) })
    }

    private func eventually(_ condition: () -> Bool) -> Bool {
        for _ in 0..<4000 {
            if condition() { return true }
            usleep(500)
        }
        return false
    }
}
