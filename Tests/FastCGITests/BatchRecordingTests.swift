import Glibc
import Synchronization
import Testing

@testable import FastCGI

/// Flushes that go on while their worker does something else.
struct BatchRecordingTests {
    /// What happened, in order.
    private final class Diary: Sendable {
        private let entries = Mutex<[String]>([])
        private let event = Mutex<Int32>(-1)

        /// What the next batch says of the one after it.
        let due = Mutex<UInt64?>(nil)

        var all: [String] { entries.withLock { $0 } }
        func note(_ entry: String) { entries.withLock { $0.append(entry) } }

        var recording: ClosureRecording {
            ClosureRecording(
                batch: { event, body in
                    if let event { self.event.withLock { $0 = event } }
                    self.note(event == nil ? "begin without event" : "begin")
                    body()
                    self.note("end")
                    return self.due.withLock { due in
                        defer { due = nil }
                        return due
                    }
                },
                endFlush: { self.note($0 ? "last flush" : "flush") })
        }

        func signal() {
            var value: UInt64 = 1
            _ = unsafe write(event.withLock { $0 }, &value, MemoryLayout<UInt64>.size)
        }
    }

    @Test func `the end of a flush wakes the worker, which looks at it within a batch`() throws {
        let diary = Diary()
        let server = try makeServer(handler: ClosureHandler.echo, recording: diary.recording)
        #expect(try server.connect().ask()?.status == 200)
        for _ in 0..<2 {
            let before = diary.all.count { $0 == "flush" }
            diary.signal()
            #expect(eventually { diary.all.count { $0 == "flush" } == before + 1 && diary.all.last == "end" })
        }
        let index = try #require(diary.all.firstIndex(of: "flush"))
        #expect(diary.all[index - 1] == "begin")
        // One signal, one look: it is not reported for ever.
        let after = diary.all.count
        usleep(20_000)
        #expect(diary.all.count == after)
    }

    @Test func `a worker runs another batch when it is due, though nothing has come`() throws {
        let diary = Diary()
        let server = try makeServer(handler: ClosureHandler.echo, recording: diary.recording)
        let client = try server.connect()
        #expect(client.ask()?.status == 200)
        #expect(eventually { diary.all.last == "end" })
        let before = diary.all.count
        diary.due.withLock { $0 = 2_000_000 }
        #expect(client.ask()?.status == 200)
        #expect(eventually { diary.all.count == before + 4 })
        #expect(diary.all.suffix(4) == ["begin", "end", "begin", "end"])
        // Once: none is due after it.
        usleep(20_000)
        #expect(diary.all.count == before + 4)
    }

    @Test func `a worker that stops flushes what it had left to another batch`() throws {
        let diary = Diary()
        let server = try makeServer(handler: ClosureHandler.echo, recording: diary.recording)
        let client = try server.connect()
        #expect(client.ask()?.status == 200)
        // Much later than the test ends; the stop's own batch says it again.
        diary.due.withLock { $0 = 60_000_000_000 }
        #expect(client.ask()?.status == 200)
        #expect(eventually { diary.all.last == "end" && diary.due.withLock { $0 } == nil })
        diary.due.withLock { $0 = 60_000_000_000 }
        server.server.stop()
        // Another worker may have had nothing left.
        let rest = try #require(diary.all.firstIndex(of: "begin without event"))
        #expect(diary.all[..<rest].contains("last flush"))
        #expect(diary.all.count { $0 == "begin without event" } == 1)
    }

    @Test func `a worker that stops waits for the flush it has begun, after its last batch`() throws {
        let diary = Diary()
        let server = try makeServer(handler: ClosureHandler.echo, recording: diary.recording)
        #expect(try server.connect().ask()?.status == 200)
        #expect(!diary.all.contains("last flush"))
        server.server.stop()
        #expect(diary.all.last == "last flush")
    }
}
