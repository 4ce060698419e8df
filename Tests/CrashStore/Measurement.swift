import CAIO
import Glibc
import JSON
import Payments
import Storage
import Synchronization

/// How fast the store is; see docs/reliability.md for the commands and figures.
struct Measurement {
    let directory: String

    /// Threads that put a purchase and its player and do not wait: the server's way.
    func throughput(threads: Int, seconds: Double, window: Int) throws(StoreError) -> Int32 {
        let repository = try JournalRepository(
            directory: directory, configuration: JournalConfiguration(), fileSystem: PosixFileSystem())
        let progress = Progress()
        repository.start(
            JournalEvents(
                onDurable: { progress.settle($0) }, onFailure: { stop($0, code: 9) }, onWarning: { report($0) }))
        let start = monotonicNanoseconds()
        let processorStart = processorNanoseconds()
        let end = start + UInt64(seconds * 1e9)
        let writers = (0..<threads).compactMap { thread in
            startThread {
                var number = 0
                while monotonicNanoseconds() < end {
                    let purchase = Purchase(id: "p-\(thread)-\(number)", player: "player-\(number % 10_000)")
                    let sequence = try? repository.perform(reading: []) { transaction throws(PaymentError) in
                        transaction.put(purchase)
                        transaction.put(Player(id: purchase.player))
                    }
                    number += 1
                    // As many as a server with so many clients has in flight.
                    while let sequence, progress.durable + UInt64(window) < sequence { usleep(20) }
                }
            }
        }
        for writer in writers { pthread_join(writer, nil) }
        let elapsed = monotonicNanoseconds() - start
        let processor = processorNanoseconds() - processorStart
        let count = progress.durable
        repository.close()
        print(
            "transactions \(count), per second \(count * 1_000_000_000 / elapsed),",
            "processor ns each \(processor / max(count, 1)), commits \(progress.commits)")
        return 0
    }

    /// Writes that many purchases, each with a player of its own.
    func fill(_ count: Int) throws(StoreError) -> Int32 {
        let repository = try JournalRepository(
            directory: directory, configuration: JournalConfiguration(), fileSystem: PosixFileSystem())
        let progress = Progress()
        repository.start(
            JournalEvents(
                onDurable: { progress.settle($0) }, onFailure: { stop($0, code: 9) }, onWarning: { report($0) }))
        for number in 0..<count {
            let purchase = Purchase(id: "01JD\(number)ABCDEFGHJKMNPQRS", player: "player-\(number)")
            while true {
                let sequence = try? repository.perform(reading: []) { transaction throws(PaymentError) in
                    transaction.put(purchase)
                    transaction.put(Player(id: purchase.player))
                }
                if sequence != nil { break }
                usleep(1000)
            }
        }
        repository.close()
        return 0
    }

    /// Opens the store and prints the time and the memory it takes.
    func open() throws(StoreError) -> Int32 {
        let start = monotonicNanoseconds()
        let repository = try JournalRepository(
            directory: directory, configuration: JournalConfiguration(), fileSystem: PosixFileSystem())
        let elapsed = monotonicNanoseconds() - start
        var usage = rusage()
        _ = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        print("lines \(repository.linesRead), ms \(elapsed / 1_000_000), peak MiB \(usage.ru_maxrss / 1024)")
        repository.start(
            JournalEvents(onDurable: { _ in }, onFailure: { stop($0, code: 9) }, onWarning: { report($0) }))
        repository.close()
        return 0
    }

    private func processorNanoseconds() -> UInt64 {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

private final class Progress: Sendable {
    private let sequence = Atomic<UInt64>(0)
    private let count = Atomic<Int>(0)

    var durable: UInt64 { sequence.load(ordering: .relaxed) }
    var commits: Int { count.load(ordering: .relaxed) }

    func settle(_ value: UInt64) {
        sequence.store(value, ordering: .relaxed)
        count.add(1, ordering: .relaxed)
    }
}

/// About 500 bytes, as a purchase of the Stash API is.
private struct Purchase: Document {
    static let kind = DocumentKind("purchase")
    let id: DocumentID
    let player: String

    init(id: String, player: String) {
        self.id = DocumentID(id)
        self.player = player
    }

    init(json: JSONValue) throws(DocumentError) {
        guard let id = json["id"]?.string, let player = json["player"]?.string else { throw DocumentError("No.") }
        self.init(id: id, player: player)
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("v", 1)
        writer.member("id", id.text)
        writer.member("player", player)
        writer.member("state", "confirmed")
        writer.member("shop", "0f8fad5b-d9cb-469f-a165-70867728950e")
        writer.member("currency", "USD")
        writer.member("amount", 1299)
        writer.name("items")
        writer.beginArray()
        for item in 0..<3 as Range<Int64> {
            writer.beginObject()
            writer.member("id", "gold_pack_large")
            writer.member("quantity", item)
            writer.member("price", 433)
            writer.endObject()
        }
        writer.endArray()
        writer.member("created", "2025-01-01T00:00:00.000Z")
        writer.member("confirmed", "2025-01-01T00:00:01.000Z")
        writer.member("request", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        writer.endObject()
    }
}

/// About 150 bytes.
private struct Player: Document {
    static let kind = DocumentKind("player")
    let id: DocumentID

    init(id: String) {
        self.id = DocumentID(id)
    }

    init(json: JSONValue) throws(DocumentError) {
        guard let id = json["id"]?.string else { throw DocumentError("No.") }
        self.init(id: id)
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("v", 1)
        writer.member("id", id.text)
        writer.member("gold", 12_000)
        writer.member("last", "2025-01-01T00:00:01.000Z")
        writer.member("note", "a player of the measurement, padded to some length")
        writer.endObject()
    }
}
