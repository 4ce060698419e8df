import Glibc
import Payments
import Synchronization

/// Writes what waits and makes it durable, one flush at a time.
///
/// While one flush runs, what goes with the next gathers by itself, and a lone transaction goes out at once. Whoever ran
/// transactions in `batch` flushes all that wait: it begins the flush, or lets more of them gather for a moment
/// (`Gathering`), and ends it at a signal, or waits for it (docs/decisions/0031-a-worker-serves-while-the-disk-flushes.md). A
/// thread of the committer's own flushes for everybody else, and while the disk is slow
/// (docs/decisions/0026-who-runs-a-batch-flushes-it.md).
final class Committer: Sendable {
    private let journal: Journal
    private let supply: SegmentSupply
    private let configuration: JournalConfiguration
    private let events: JournalEvents
    /// Called with each segment that is full.
    private let onRotation: @Sendable (OpenSegment) -> Void
    /// Ends all recording.
    private let fail: @Sendable (String) -> Void
    /// Touched by whoever has claimed the flush, so that nobody waits for the lock longer than its last holder needs to
    /// let it go.
    private let state: Mutex<State>
    /// Whether a flush was begun that nobody has ended.
    private let isUnderWay = Atomic<Bool>(false)

    private struct State: Sendable {
        var segment: OpenSegment
        var durable: SequenceNumber
        var batch = PendingLines()
        var buffer: [UInt8] = []
        var commit = Commit()
        /// When the flush that is under way began; nil when none is.
        var beganAt: UInt64?
        /// How long the call that began it took: that can wait, too, for a journal of the file system or a full queue.
        var beginNanoseconds: UInt64 = 0
    }

    init(
        journal: Journal, supply: SegmentSupply, configuration: JournalConfiguration, segment: OpenSegment,
        events: JournalEvents, onRotation: @escaping @Sendable (OpenSegment) -> Void,
        fail: @escaping @Sendable (String) -> Void
    ) {
        self.journal = journal
        self.supply = supply
        self.configuration = configuration
        self.events = events
        self.onRotation = onRotation
        self.fail = fail
        state = Mutex(State(segment: segment, durable: journal.durable))
    }

    /// The committer's own thread: flushes until the journal closes.
    func run() {
        while true {
            switch journal.nextDuty(sealAfterMilliseconds: configuration.sealAfterMilliseconds) {
            case .flush: guard flush() else { return }
            case .look: endFlush(waits: false)
            case .stop:
                guard !journal.hasFailed else { return }
                return state.withLock { supply.retire($0.segment) }
            }
        }
    }

    /// Runs `body`, and makes durable what its transactions left to be written.
    ///
    /// - Parameter event: an eventfd; the flush may be under way then, and the event tells when `endFlush` is to be called.
    /// - Returns: in how many nanoseconds at the latest the next batch is to be run, if need be an empty one: what waits
    ///   is left to it. nil when nothing is. Without an event nothing is, either.
    func batch(signalling event: Int32?, _ body: () -> Void) -> UInt64? {
        guard journal.beginBatch() else {
            body()
            return nil
        }
        body()
        switch journal.endBatch(gathers: event != nil) {
        case .flush: _ = flush(signalling: event)
        case .gather(let nanoseconds): return nanoseconds
        case .none: break
        }
        return nil
    }

    /// Ends the flush that a batch has begun, if it is over. Returns at once, but for `waits`, also while somebody else
    /// writes, who may have to wait for room on a full disk.
    func endFlush(waits: Bool) {
        var attempts = 0
        while isUnderWay.load(ordering: .acquiring), waits || attempts < 20 {
            if end(waits) { return }
            // Somebody else is at it, and done in a moment.
            attempts += 1
            _ = usleep(50)
        }
    }

    /// - Returns: false when somebody else is at it.
    private func end(_ waits: Bool) -> Bool {
        do throws(FileError) {
            let progress = try state.withLockIfAvailable { state throws(FileError) in try end(&state, waits) }
            guard let progress else { return false }
            _ = report(progress)
            return true
        } catch {
            fail(error.text)
            return true
        }
    }

    private func end(_ state: inout State, _ waits: Bool) throws(FileError) -> Progress {
        guard let beganAt = state.beganAt else { return .underWay }
        var waited = state.beginNanoseconds
        do throws(FileError) {
            guard let isCommitted = try state.segment.file.endCommit(waits: waits) else { return .underWay }
            if !isCommitted {
                let start = MonotonicTime.nanoseconds
                try state.segment.file.commit(state.buffer.span, at: state.segment.length)
                waited += MonotonicTime.nanoseconds &- start
            }
        } catch {
            // Whoever else looks now must not take it for one that is to be made again.
            state.beganAt = nil
            isUnderWay.store(false, ordering: .releasing)
            throw FileError(error.call, state.segment.path, error.number)
        }
        state.beganAt = nil
        isUnderWay.store(false, ordering: .releasing)
        note(&state, since: beganAt)
        state.commit.waitedNanoseconds = waited
        journal.publish(state.commit, endsFlush: true)
        return .durable(state.durable)
    }

    private enum Progress: Sendable {
        case durable(SequenceNumber)
        case underWay
        /// There is no room, and will be none.
        case stuck
    }

    /// Writes everything that waits; the caller has claimed the flush, which ends with the last line.
    ///
    /// A write or sync that failed is not tried again: the kernel may have dropped the pages and would then report
    /// success (Rebello et al., "Can Applications Recover from fsync Failures?", 2020).
    ///
    /// - Returns: false when nothing will be written any more.
    private func flush(signalling event: Int32? = nil) -> Bool {
        do throws(FileError) {
            return report(try state.withLock { state throws(FileError) in try write(&state, signalling: event) })
        } catch {
            fail(error.text)
            return false
        }
    }

    private func report(_ progress: Progress) -> Bool {
        switch progress {
        case .durable(let sequence): events.onDurable(sequence)
        case .underWay: break
        case .stuck: return false
        }
        return true
    }

    private func write(_ state: inout State, signalling event: Int32?) throws(FileError) -> Progress {
        journal.fetch(&state.batch)
        var line = 0
        while line < state.batch.lines.count {
            let end = fill(&state, from: line)
            if end > line {
                let isLast = end == state.batch.lines.count
                if isLast, let event, try begin(&state, signalling: event) { return .underWay }
                try sync(&state)
                journal.publish(state.commit, endsFlush: isLast)
                if !isLast { events.onDurable(state.durable) }
            } else if !rotate(&state) {
                return .stuck
            }
            line = end
        }
        return .durable(state.durable)
    }

    /// Builds as many lines as the segment holds; returns the first that is left.
    private func fill(_ state: inout State, from first: Int) -> Int {
        state.buffer.removeAll(keepingCapacity: true)
        state.commit.locations.removeAll(keepingCapacity: true)
        state.commit.queuedBytes = 0
        var line = first
        while line < state.batch.lines.count {
            let puts = state.batch.puts(of: line)
            let most = puts.count + JournalLine.overhead
            guard state.buffer.count + most <= state.segment.room else { break }
            let start = state.buffer.count
            state.commit.sequence = state.batch.lines[line].sequence
            JournalLine.append(puts, sequence: state.commit.sequence, durable: state.durable, to: &state.buffer)
            let location = Location(
                offset: UInt64(state.segment.length + start), file: .segment(state.segment.number),
                length: UInt32(state.buffer.count - start - 1))
            for key in state.batch.keys(of: line) { state.commit.locations.append((key, location)) }
            state.commit.queuedBytes += most
            line += 1
        }
        state.commit.lines = line - first
        return line
    }

    private func sync(_ state: inout State) throws(FileError) {
        let start = MonotonicTime.nanoseconds
        do throws(FileError) {
            try state.segment.file.commit(state.buffer.span, at: state.segment.length)
        } catch {
            throw FileError(error.call, state.segment.path, error.number)
        }
        note(&state, since: start)
    }

    private func begin(_ state: inout State, signalling event: Int32) throws(FileError) -> Bool {
        let start = MonotonicTime.nanoseconds
        do throws(FileError) {
            guard
                try state.segment.file.beginCommit(state.buffer.span, at: state.segment.length, signalling: event)
            else { return false }
        } catch {
            throw FileError(error.call, state.segment.path, error.number)
        }
        state.beganAt = start
        state.beginNanoseconds = MonotonicTime.nanoseconds &- start
        isUnderWay.store(true, ordering: .releasing)
        return true
    }

    /// What the buffer held is durable.
    private func note(_ state: inout State, since start: UInt64) {
        state.commit.endedAt = MonotonicTime.nanoseconds
        state.commit.flushNanoseconds = state.commit.endedAt &- start
        state.commit.waitedNanoseconds = state.commit.flushNanoseconds
        events.onSync(state.commit.flushNanoseconds)
        state.segment.length += state.buffer.count
        state.durable = state.commit.sequence
        state.commit.roomInSegment = state.segment.room
    }

    /// Goes on in the next segment; false when there will be none.
    private func rotate(_ state: inout State) -> Bool {
        guard let next = supply.take() else { return false }
        let full = state.segment
        state.segment = next
        journal.setRoomInSegment(next.room)
        supply.retire(full)
        onRotation(full)
        return true
    }
}
