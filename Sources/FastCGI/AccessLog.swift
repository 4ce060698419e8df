import CFCGI
import Glibc
import Synchronization

/// One line per request, written in batches: when 32 KiB are full, and 200 ms after the first line of a batch.
///
/// The acceptor waits for `timer` together with its sockets, so that no thread exists for the log alone.
package final class AccessLog: Sendable {
    private struct State {
        var lines: [UInt8] = []
        var isTimerSet = false
    }

    private static let batchBytes = 32 * 1024
    private static let delayNanoseconds = 200_000_000

    /// Readable when `flushOnTimer` is due; negative when the kernel gave no timer, then full batches are written only.
    let timer: Int32
    private let descriptor: Int32
    private let prefix: StaticString
    private let state = Mutex(State())
    /// Held while a batch is written: a batch is longer than what a pipe takes in one piece.
    private let spare = Mutex<[UInt8]>([])

    /// - Parameters:
    ///   - descriptor: where to write, usually standard error; not closed.
    ///   - journalPrefix: whether lines begin with `<6>`, the journal's mark of an informational message.
    package init(descriptor: Int32, journalPrefix: Bool) {
        self.descriptor = descriptor
        prefix = journalPrefix ? "<6>" : ""
        timer = timerfd_create(CLOCK_MONOTONIC, Int32(TFD_CLOEXEC | TFD_NONBLOCK))
    }

    deinit {
        if timer >= 0 { _ = close(timer) }
    }

    /// Adds the line of a request that has been answered.
    func append(_ request: Request?, _ response: Response, bytes: Int) {
        let now = MonotonicClock.nanoseconds
        let duration = now - min(now, request?.receivedAt ?? now)
        let isFull = state.withLock { state in
            state.lines.append(text: prefix)
            Self.appendLine(of: request, response, bytes: bytes, durationNanoseconds: duration, to: &state.lines)
            if !state.isTimerSet { state.isTimerSet = setTimer() }
            return state.lines.count >= Self.batchBytes
        }
        if isFull { flush() }
    }

    /// Writes what there is. What cannot be written is lost: a log must not stop payments.
    package func flush() {
        spare.withLock { batch in
            batch.removeAll(keepingCapacity: true)
            state.withLock { swap(&$0.lines, &batch) }
            var start = 0
            while start < batch.count {
                let written = unsafe batch[start...].withUnsafeBytes { rest in
                    unsafe write(descriptor, rest.baseAddress, rest.count)
                }
                if written < 0 && errno == EINTR { continue }
                guard written > 0 else { return }
                start += written
            }
        }
    }

    func flushOnTimer() {
        var expirations: UInt64 = 0
        state.withLock { state in
            state.isTimerSet = false
            _ = unsafe read(timer, &expirations, MemoryLayout<UInt64>.size)
        }
        flush()
    }

    private func setTimer() -> Bool {
        var time = itimerspec()
        time.it_value.tv_nsec = Self.delayNanoseconds
        return unsafe timerfd_settime(timer, 0, &time, nil) == 0
    }
}
