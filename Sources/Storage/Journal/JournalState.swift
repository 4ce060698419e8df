import Payments

/// Everything the threads of a journal share; only touched under the lock of `Journal`.
struct JournalState: Sendable {
    var index: DocumentIndex
    var cache: DocumentCache
    var pending = PendingLines()
    /// What whoever flushes has taken, until it comes to fetch it.
    var claimed = PendingLines()
    /// The most that the lines which are not durable yet can take in a file.
    var queuedBytes = 0
    /// The last sequence number given out.
    var last: SequenceNumber
    var durable: SequenceNumber
    /// Why nothing is recorded any more.
    var failure: String?
    var isClosing = false
    var isCommitterAsleep = false
    /// Whether somebody writes and syncs: one at a time.
    var isFlushing = false
    /// How many callers run transactions that they will flush themselves.
    var openBatches = 0
    var gathering = Gathering()
    /// Whether what waits was left to a caller's next batch.
    var isGathering = false
    /// Whether the last flush was short enough to be waited for by whoever serves requests.
    var isDiskFast = true
    /// Whether the last line is a seal: there is nothing left to protect.
    var isSealed: Bool
    /// What is left of the open segment.
    var roomInSegment = 0
    /// Whether the volume has no room for another segment.
    var isDiskFull = false
    var waiters: [Waiter] = []

    struct Waiter: Sendable {
        let sequence: SequenceNumber
        let semaphore: Semaphore
    }

    /// Whether lines wait for a segment that may come late: their callers are told that the outcome is unknown.
    var isStalled: Bool { isDiskFull && queuedBytes > roomInSegment }

    /// Above it a thread that serves requests does more for others than it saves by flushing itself.
    static let fastFlushNanoseconds: UInt64 = 2_000_000

    /// Claims the flush of all that waits, when there is something and nobody has.
    ///
    /// - Parameter isLeftToBatches: whether what a batch will flush is left to it.
    mutating func claim(isLeftToBatches: Bool) -> Bool {
        guard failure == nil, !pending.isEmpty, !isFlushing, !isLeftToBatches || !hasBatch else { return false }
        isFlushing = true
        isGathering = false
        swap(&pending, &claimed)
        return true
    }

    /// Leaves what waits to the caller's next batch, if something does and more are expected.
    ///
    /// - Returns: in how many nanoseconds that batch is due; nil when the flush should begin.
    mutating func gather() -> UInt64? {
        guard failure == nil, !isClosing, !pending.isEmpty, !isFlushing else { return nil }
        let nanoseconds = gathering.remaining(with: pending.lines.count) { MonotonicTime.nanoseconds }
        if nanoseconds != nil { isGathering = true }
        return nanoseconds
    }

    /// Whether a batch will flush what waits. A store that closes waits for none that has not begun.
    private var hasBatch: Bool { openBatches > 0 || (isGathering && !isClosing) }

    /// Whether the committer has to be woken, because lines wait that nobody else will flush.
    ///
    /// - Parameter evenIfIdle: it has something else to see to, such as the time a seal is due.
    mutating func wakesCommitter(evenIfIdle: Bool = false) -> Bool {
        let isNeeded = !pending.isEmpty && !isFlushing && !hasBatch
        guard isCommitterAsleep, isNeeded || evenIfIdle else { return false }
        isCommitterAsleep = false
        return true
    }

    /// Takes the waiters that need not wait any more.
    mutating func takeWaiters() -> [Waiter] {
        guard !waiters.isEmpty else { return [] }
        let isOver = failure != nil || isStalled
        let ready = waiters.filter { isOver || $0.sequence <= durable }
        waiters.removeAll { isOver || $0.sequence <= durable }
        return ready
    }

    /// Lets a line wait to be written, and makes its documents visible; a line without documents is a seal.
    mutating func enqueue(_ array: Span<UInt8>, of puts: [Transaction.Put]) {
        last += 1
        pending.append(array, of: puts, sequence: last)
        queuedBytes += array.count + JournalLine.overhead
        isSealed = puts.isEmpty
        for index in puts.indices {
            cache.insert(
                StoredDocument(content: .decoded(puts[index].document), sequence: last),
                at: puts[index].key.fingerprint, isSettled: puts[index].isSettled, durable: durable)
        }
    }
}
