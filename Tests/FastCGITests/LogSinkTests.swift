import Glibc
import Testing

@testable import FastCGI

struct LogSinkTests {
    private static let notice = "warning: log lines could not be written lost="

    @Test func `a log nobody reads stops no request, and says what it lost`() throws {
        let pipe = try LogPipe()
        let sink = try LogSink(descriptor: pipe.writing, isJournal: false)
        let server = try makeServer(accessLog: AccessLog(sink: sink))
        let client = try server.connect()
        let id = String(repeating: "x", count: 4000)
        for _ in 0..<500 { #expect(client.ask("/", [("REQUEST_ID", id)])?.status == 200) }
        server.server.stop()
        let lines = try pipe.drain { sink.close() }
        let written = lines.count { $0.hasPrefix("method=POST ") && $0.hasSuffix(id) }
        #expect(written == lines.count - 1)
        #expect(written < 500)
        #expect(lines.last == "\(Self.notice)\(500 - written)")
    }

    @Test func `lines are lost in one piece, whose place and length the log tells`() throws {
        let pipe = try LogPipe()
        let sink = try LogSink(descriptor: pipe.writing, isJournal: true)
        let filler = String(repeating: "-", count: 1000)
        for number in 0..<100 { sink.append(line: "\(number) \(filler)", isUrgent: false) }
        // The writer has more than a pipe holds, and is stuck, however the lines fell into batches.
        #expect(eventually { pipe.isFull })
        for number in 100..<3000 { sink.append(line: "\(number) \(filler)", isUrgent: number % 2 == 0) }
        let lines = try pipe.drain {
            #expect(eventually { sink.pendingBytes == 0 })
            sink.append(line: "after", isUrgent: false)
            sink.close()
        }
        let gap = try #require(lines.firstIndex { $0.hasPrefix("<4>") })
        #expect(gap >= 1000)
        #expect(lines[..<gap].elementsEqual((0..<gap).map { "\($0) \(filler)" }) { $0 == $1 })
        let lost = try #require(lines[gap].split(separator: "=").last.flatMap { Int($0) })
        #expect(lost == 3000 - gap)
        #expect(lines.last == "after")
        #expect(lines.count == gap + 2)
    }

    @Test func `a line longer than the buffer is lost, and the log goes on`() throws {
        let pipe = try LogPipe()
        let sink = try LogSink(descriptor: pipe.writing, isJournal: false)
        sink.append(line: String(repeating: "x", count: LogSink.capacityBytes), isUrgent: false)
        #expect(pipe.isReadable(withinMilliseconds: 5000))
        let lines = try pipe.drain {
            sink.append(line: "next", isUrgent: false)
            sink.close()
        }
        #expect(lines == ["\(Self.notice)1", "next"])
    }

    @Test func `lines of many threads are whole, and each thread's are in order`() throws {
        let pipe = try LogPipe()
        let sink = try LogSink(descriptor: pipe.writing, isJournal: false)
        let lines = try pipe.drain {
            let threads = (0..<4).compactMap { name in
                try? ServerThread(name: "logs") {
                    for number in 0..<2000 { sink.append(line: "\(name) \(number)", isUrgent: number % 100 == 0) }
                }
            }
            for thread in threads { thread.join() }
            sink.close()
        }
        for name in 0..<4 {
            #expect(lines.filter { $0.hasPrefix("\(name) ") } == (0..<2000).map { "\(name) \($0)" })
        }
        #expect(lines.count == 8000)
    }

    @Test func `an urgent line does not wait for its batch`() throws {
        let pipe = try LogPipe()
        let sink = try LogSink(descriptor: pipe.writing, isJournal: false)
        // Once of ten times, so that a busy machine does not fail it; an unhurried line never takes less than 200 ms.
        let isQuick = (0..<10).contains { _ in
            sink.append(line: "urgent", isUrgent: true)
            let isInTime = pipe.isReadable(withinMilliseconds: 100)
            var buffer = [UInt8](repeating: 0, count: 64)
            _ = unsafe read(pipe.reading, &buffer, buffer.count)
            return isInTime
        }
        #expect(isQuick)
        #expect(try pipe.drain { sink.close() }.isEmpty)
    }

    @Test func `closing waits a second for the reader and no longer`() throws {
        let pipe = try LogPipe()
        let sink = try LogSink(descriptor: pipe.writing, isJournal: false)
        sink.append(line: String(repeating: "x", count: 200_000), isUrgent: false)
        let start = MonotonicClock.nanoseconds
        sink.close()
        let waited = (MonotonicClock.nanoseconds - start) / 1_000_000
        #expect((900..<5000).contains(waited))
        sink.close()
        // The stuck thread leaves when its reader does.
        _ = close(pipe.reading)
        #expect(eventually { sink.isFinished })
        _ = close(pipe.writing)
    }
}
