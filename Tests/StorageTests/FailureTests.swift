import Foundation
import Glibc
import Synchronization
import Testing

@testable import Payments
@testable import Storage

/// What the store does when the system refuses a call.
struct FailureTests {
    private let workload = Workload(threads: 2, rounds: 12)

    private var configuration: JournalConfiguration {
        .make(
            firstSegmentBytes: 1024, segmentBytes: 1536, lineBytes: 512, snapshotAfterBytes: 1024,
            deletesCovered: true, sealAfterMilliseconds: 1)
    }

    /// One life of a store whose n-th call fails: what it acknowledged, and whether it ended by itself.
    private func live(
        on disk: SimulatedDisk, _ fileSystem: FailingFileSystem
    ) -> (acknowledged: [String], log: EventLog, error: StoreError?) {
        let log = EventLog()
        let acknowledged = Mutex<[String]>([])
        do throws(StoreError) {
            let repository = try JournalRepository(
                directory: "/store", configuration: configuration, fileSystem: fileSystem)
            repository.start(log.events)
            workload.run(on: repository) { id in acknowledged.withLock { $0.append(id) } }
            repository.close()
            return (acknowledged.withLock { $0 }, log, nil)
        } catch {
            return ([], log, error)
        }
    }

    @Test(arguments: FailingFileSystem.Failure.allCases)
    func `whichever call fails, nothing acknowledged is lost`(_ failure: FailingFileSystem.Failure) throws {
        var failures = 0
        for number in 0... {
            let disk = SimulatedDisk()
            let fileSystem = FailingFileSystem(disk, failure, after: number)
            let life = live(on: disk, fileSystem)
            guard let call = fileSystem.failedCall else { break }
            failures += 1
            let place = "\(failure) in call \(number), \(call)"
            let isHarmless = failure == .interrupted || failure == .short
            if isHarmless {
                #expect(life.error == nil && life.log.failures.isEmpty, "\(place)")
                #expect(life.acknowledged.count == workload.threads * workload.rounds, "\(place)")
            }
            #expect(life.log.failures.count <= 1, "\(place)")
            let successor = try JournalRepository(directory: "/store", configuration: configuration, fileSystem: disk)
            let fault = try workload.fault(in: successor, acknowledged: life.acknowledged)
            #expect(fault == nil, "\(place): \(fault ?? "")")
        }
        #expect(failures > 15)
    }

    @Test(arguments: ["fdatasync", "pwrite"])
    func `after a failed commit nothing is acknowledged any more`(_ call: String) throws {
        let disk = SimulatedDisk()
        let gate = CallGate(disk)
        let log = EventLog()
        let repository = try JournalRepository.make("/store", .make(), fileSystem: gate, log: log)
        try repository.waitUntilDurable(try repository.put(.make("before")))
        gate.fail(call, in: "000000000001.", with: EIO)
        let sequence = try repository.put(.make("after"))
        #expect(throws: PaymentError.self) { try repository.waitUntilDurable(sequence) }
        gate.fail(nil, in: "", with: 0)
        let error = #expect(throws: PaymentError.self) { try repository.put(.make("later")) }
        #expect(error?.code == .unavailable)
        #expect(throws: PaymentError.self) { try repository.balance("before") }
        #expect(log.durable == [1])
        repository.close()
        #expect(log.failures.count == 1)
        #expect(log.failures.first?.contains("\(call) /store/journal/000000000001.jsonl: Input/output error") == true)
    }

    @Test func `a full disk ends recording with the segments that are ready, until there is room`() throws {
        let gate = CallGate(SimulatedDisk())
        let log = EventLog()
        let configuration = JournalConfiguration.make(firstSegmentBytes: 2048, segmentBytes: 2048, lineBytes: 512)
        let repository = try JournalRepository.make("/store", configuration, fileSystem: gate, log: log)
        gate.fail("open", in: ".tmp", with: ENOSPC)
        #expect(repository.isWritable)
        var count = 0
        var refusal: PaymentError?
        while refusal == nil, count < 1000 {
            do throws(PaymentError) {
                try repository.waitUntilDurable(try repository.put(.make("\(count)")))
                count += 1
            } catch {
                refusal = error
            }
        }
        #expect(count > 10)
        #expect(refusal?.code == .unavailable)
        #expect(refusal?.message.contains("disk is full") == true)
        #expect(log.warnings.count == 1)
        #expect(!repository.isWritable, "monitoring must see it before somebody calls")
        #expect(try repository.balance("0") == 1, "reading goes on")
        gate.fail(nil, in: "", with: 0)
        let deadline = Date(timeIntervalSinceNow: 10)
        while (try? repository.put(.make("again"))) == nil, Date() < deadline { usleep(10_000) }
        #expect(try repository.balance("again") == 1)
        #expect(repository.isWritable)
        #expect(log.failures.isEmpty)
        #expect(log.warnings.count == 2)
        repository.close()
    }

    @Test func `closing does not wait for room on a full disk`() throws {
        let gate = CallGate(SimulatedDisk())
        let configuration = JournalConfiguration.make(firstSegmentBytes: 1024, segmentBytes: 1024, lineBytes: 512)
        let repository = try JournalRepository.make("/store", configuration, fileSystem: gate)
        gate.fail("open", in: ".tmp", with: ENOSPC)
        for number in 0..<200 { _ = try? repository.put(.make("\(number)")) }
        repository.close()
        #expect(throws: PaymentError.self) { try repository.waitUntilDurable(10_000) }
    }

    @Test func `more than the queue may hold is refused and then accepted again`() throws {
        let gate = CallGate(SimulatedDisk())
        let configuration = JournalConfiguration.make(lineBytes: 512, pendingBytes: 1024)
        let repository = try JournalRepository.make("/store", configuration, fileSystem: gate)
        gate.hold("fdatasync")
        var error: PaymentError?
        var count = 0
        while error == nil, count < 100 {
            do throws(PaymentError) {
                try repository.put(.make("\(count)"))
                count += 1
            } catch let refusal {
                error = refusal
            }
        }
        #expect(error?.code == .overloaded)
        #expect((2..<20).contains(count))
        gate.release()
        try repository.waitUntilDurable(SequenceNumber(count))
        try repository.put(.make("more"))
        repository.close()
    }

    @Test func `a read of a damaged record is refused`() throws {
        let directory = try TemporaryDirectory()
        let repository = try JournalRepository.make(directory.store, .make(cachedDocuments: 2))
        for number in 0..<20 { try repository.waitUntilDurable(try repository.put(.make("\(number)"))) }
        var bytes = try directory.read("journal/000000000001.jsonl")
        bytes[60] ^= 1
        try directory.write(bytes, to: "journal/000000000001.jsonl")
        let error = #expect(throws: PaymentError.self) { try repository.balance("0") }
        #expect(error?.code == .unavailable)
        #expect(try repository.balance("1") == 1)
        repository.close()
    }
}
