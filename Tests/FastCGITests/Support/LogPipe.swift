import Glibc
import Synchronization

@testable import FastCGI

/// A pipe as standard error: nobody reads it before `drain`.
final class LogPipe: Sendable {
    let reading: Int32
    let writing: Int32
    private let text = Mutex("")

    init(isBlocking: Bool = true) throws {
        // A reader that leaves must not end the process.
        try FCGILibrary.prepare()
        var ends: [Int32] = [-1, -1]
        try SystemCall.check(unsafe pipe(&ends), "pipe")
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        if !isBlocking { _ = fcntl(ends[1], F_SETFL, O_NONBLOCK) }
        (reading, writing) = (ends[0], ends[1])
    }

    /// Waits for something to read; false when nothing came in time.
    func isReadable(withinMilliseconds milliseconds: Int32) -> Bool {
        var set = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&set, 1, milliseconds) == 1
    }

    /// Whether a write would wait.
    var isFull: Bool {
        var set = pollfd(fd: writing, events: Int16(POLLOUT), revents: 0)
        return unsafe poll(&set, 1, 0) == 0
    }

    /// Reads until the writing end is closed, on a thread of its own; gives what `during` left in the pipe.
    func drain(during body: () -> Void) throws -> [Substring] {
        let reader = try ServerThread(name: "reader") { self.readAll() }
        body()
        _ = close(writing)
        reader.join()
        _ = close(reading)
        return text.withLock { $0 }.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    }

    private func readAll() {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = unsafe read(reading, &buffer, buffer.count)
            guard count > 0 else { break }
            all += buffer.prefix(count)
        }
        text.withLock { $0 = String(decoding: all, as: UTF8.self) }
    }
}
