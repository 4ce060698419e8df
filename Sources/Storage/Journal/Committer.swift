import Glibc
import Payments
import Synchronization

/// Writes what waits and makes it durable, one batch at a time.
///
/// While one sync runs, the next batch gathers by itself: no timer, and a lone transaction goes out at once. Whoever ran
/// transactions in `batch` does it for all that wait, on its own thread; a thread of the committer's own does it for
/// everybody else, and while the disk is slow. See docs/decisions/0026-who-runs-a-batch-flushes-it.md.
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

    private struct State: Sendable {
        var segment: OpenSegment
        var durable: SequenceNumber
        var batch = PendingLines()
        var buffer: [UInt8] = []
        var commit = Commit()
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
        while journal.claimWhenDue(sealAfterMilliseconds: configuration.sealAfterMilliseconds) {
            guard flush() else { return }
        }
        guard !journal.hasFailed else { return }
        state.withLock { supply.retire($0.segment) }
    }

    /// Runs `body`, and makes durable what its transactions left to be written.
    func batch(_ body: () -> Void) {
        guard journal.beginBatch() else { return body() }
        body()
        if journal.endBatch() { _ = flush() }
    }

    /// Writes everything that waits; the caller has claimed the flush, which ends with the last line.
    ///
    /// A write or sync that failed is not tried again: the kernel may have dropped the pages and would then report
    /// success (Rebello et al., "Can Applications Recover from fsync Failures?", 2020).
    ///
    /// - Returns: false when nothing will be written any more.
    private func flush() -> Bool {
        do throws(FileError) {
            let durable = try state.withLock { state throws(FileError) in try write(&state) }
            guard let durable else { return false }
            events.onDurable(durable)
            return true
        } catch {
            fail(error.text)
            return false
        }
    }

    /// - Returns: up to where everything is durable now; nil when there is no room, and will be none.
    private func write(_ state: inout State) throws(FileError) -> SequenceNumber? {
        journal.fetch(&state.batch)
        var line = 0
        while line < state.batch.lines.count {
            let end = fill(&state, from: line)
            if end > line {
                try sync(&state)
                let isLast = end == state.batch.lines.count
                journal.publish(state.commit, endsFlush: isLast)
                if !isLast { events.onDurable(state.durable) }
            } else if !rotate(&state) {
                return nil
            }
            line = end
        }
        return state.durable
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
        return line
    }

    private func sync(_ state: inout State) throws(FileError) {
        let start = MonotonicTime.nanoseconds
        do throws(FileError) {
            try state.segment.file.commit(state.buffer.span, at: state.segment.length)
        } catch {
            throw FileError(error.call, state.segment.path, error.number)
        }
        state.commit.nanoseconds = MonotonicTime.nanoseconds &- start
        events.onSync(state.commit.nanoseconds)
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
