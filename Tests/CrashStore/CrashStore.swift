import CAIO
import Glibc
import JSON
import Payments
import Storage

/// The store as the crash tools of docs/reliability.md drive it.
struct CrashStore {
    let directory: String

    /// Small files and frequent snapshots: with large ones most mistakes stay hidden for the length of a test.
    private var configuration: JournalConfiguration {
        var configuration = JournalConfiguration()
        configuration.firstSegmentBytes = 32 << 10
        configuration.segmentBytes = 64 << 10
        configuration.lineBytes = 16 << 10
        configuration.snapshotAfterBytes = 192 << 10
        configuration.deletesCovered = true
        configuration.sealAfterMilliseconds = 5
        return configuration
    }

    private func open() throws(StoreError) -> JournalRepository {
        try JournalRepository(directory: directory, configuration: configuration, fileSystem: plantedFileSystem())
    }

    /// Writes records from many threads, and says so on standard output once each is durable.
    func write(threads: Int, seconds: Double, seed: String) throws(StoreError) -> Int32 {
        let repository = try open()
        repository.start(
            JournalEvents(
                onDurable: { _ in }, onFailure: { stop("STOP \($0)", code: 9) },
                onWarning: { report($0) }))
        let end = monotonicNanoseconds() + UInt64(seconds * 1e9)
        let writers = (0..<threads).compactMap { thread in
            startThread { Self.write(to: repository, as: "\(seed)-\(thread)", until: end) }
        }
        for writer in writers { pthread_join(writer, nil) }
        repository.close()
        return 0
    }

    private static func write(to repository: JournalRepository, as writer: String, until end: UInt64) {
        var count: Int64 = 0
        let event = eventfd(0, 0)
        defer { close(event) }
        while monotonicNanoseconds() < end {
            let record = Record("\(writer)-\(count)")
            do throws(PaymentError) {
                let sequence = try record.put(as: writer, count: count + 1, in: repository, signalling: event)
                try repository.waitUntilDurable(sequence)
            } catch {
                return report("refused: \(error.message)")  // a full disk: what was acknowledged must still be there
            }
            acknowledge(record.id.text)
            count += 1
        }
    }

    /// Runs the recovery and prints what is there; 3 when the store refuses.
    func check() throws(StoreError) -> Int32 {
        let repository = try open()
        for warning in repository.warnings { report(warning) }
        let reader = try StoreReader(
            directory: directory, lineBytes: configuration.lineBytes, fileSystem: PosixFileSystem())
        var found: Set<String> = []
        try reader.forEachLatest(Record.kind) { entry in
            let expected = Record(entry.id.text)
            let actual = (try? JSONDocument(parsing: entry.json))?.root["body"]?.string
            found.insert(entry.id.text)
            print(actual == expected.body ? "HAVE \(entry.id.text)" : "TORN \(entry.id.text)")
        }
        try reader.forEachLatest(Tally.kind) { entry in
            let count = (try? JSONDocument(parsing: entry.json))?.root["count"]?.integer ?? -1
            if count < 1 || !found.contains("\(entry.id.text)-\(count - 1)")
                || found.contains("\(entry.id.text)-\(count)")
            {
                print("TORN transaction \(count) of \(entry.id.text)")
            }
        }
        let verification = try reader.verify()
        if let fault = verification.fault { throw StoreError(.damaged, fault.text, at: fault) }
        return withExtendedLifetime(repository) { 0 }
    }
}

func monotonicNanoseconds() -> UInt64 {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// With one write(2), so that a kill leaves whole lines.
func acknowledge(_ id: String) {
    let line = Array("ACK \(monotonicNanoseconds()) \(id)\n".utf8)
    let count = line.count
    guard unsafe Glibc.write(1, line, count) == count else { stop("STOP standard output", code: 8) }
}

func report(_ text: String) {
    let line = Array("\(text)\n".utf8)
    let count = line.count
    _ = unsafe Glibc.write(2, line, count)
}

func stop(_ text: String, code: Int32) -> Never {
    report(text)
    _exit(code)
}

func startThread(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
    final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    let context = unsafe Unmanaged.passRetained(Work(body)).toOpaque()
    var thread = pthread_t()
    let result = unsafe pthread_create(
        &thread, nil,
        { context in
            guard let context = unsafe context else { return nil }
            let work = unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue()
            work.body()
            return nil
        }, context)
    return result == 0 ? thread : nil
}
