import Glibc
import Payments

/// Writes what waits and makes it durable, one batch at a time, on a thread of its own.
///
/// While one sync runs, the next batch gathers by itself: no timer, and a lone transaction goes out at once.
struct Committer {
    let journal: Journal
    let supply: SegmentSupply
    let configuration: JournalConfiguration
    let onDurable: @Sendable (SequenceNumber) -> Void
    let onSync: @Sendable (UInt64) -> Void
    /// Called with each segment that is full.
    let onRotation: @Sendable (OpenSegment) -> Void
    var segment: OpenSegment
    var durable: SequenceNumber

    private var buffer: [UInt8] = []
    private var commit = Commit()

    init(
        journal: Journal, supply: SegmentSupply, configuration: JournalConfiguration, segment: OpenSegment,
        durable: SequenceNumber, onDurable: @escaping @Sendable (SequenceNumber) -> Void,
        onSync: @escaping @Sendable (UInt64) -> Void, onRotation: @escaping @Sendable (OpenSegment) -> Void
    ) {
        self.journal = journal
        self.supply = supply
        self.configuration = configuration
        self.segment = segment
        self.durable = durable
        self.onDurable = onDurable
        self.onSync = onSync
        self.onRotation = onRotation
    }

    /// Runs until the journal closes. A write or sync that failed is not tried again: the kernel may have dropped the
    /// pages and would then report success (Rebello et al., "Can Applications Recover from fsync Failures?", 2020).
    mutating func run() throws(FileError) {
        var batch = PendingLines()
        while journal.take(&batch, sealAfterMilliseconds: configuration.sealAfterMilliseconds) {
            var line = 0
            while line < batch.lines.count {
                let end = fill(from: batch, line)
                if end > line {
                    try write()
                } else if !rotate() {
                    return
                }
                line = end
            }
        }
        supply.retire(segment)
    }

    /// Builds as many lines as the segment holds; returns the first that is left.
    private mutating func fill(from batch: PendingLines, _ first: Int) -> Int {
        buffer.removeAll(keepingCapacity: true)
        commit.locations.removeAll(keepingCapacity: true)
        commit.queuedBytes = 0
        var line = first
        while line < batch.lines.count {
            let puts = batch.puts(of: line)
            let most = puts.count + JournalLine.overhead
            guard buffer.count + most <= segment.room else { break }
            let start = buffer.count
            commit.sequence = batch.lines[line].sequence
            JournalLine.append(puts, sequence: commit.sequence, durable: durable, to: &buffer)
            let location = Location(
                offset: UInt64(segment.length + start), file: .segment(segment.number),
                length: UInt32(buffer.count - start - 1))
            for key in batch.keys(of: line) { commit.locations.append((key, location)) }
            commit.queuedBytes += most
            line += 1
        }
        return line
    }

    private mutating func write() throws(FileError) {
        let start = MonotonicTime.nanoseconds
        do throws(FileError) {
            try segment.file.writeWhole(buffer.span, at: segment.length)
            try segment.file.fdatasync()
        } catch {
            throw FileError(error.call, segment.path, error.number)
        }
        onSync(MonotonicTime.nanoseconds &- start)
        segment.length += buffer.count
        durable = commit.sequence
        commit.roomInSegment = segment.room
        journal.publish(commit)
        onDurable(durable)
    }

    /// Goes on in the next segment; false when there will be none.
    private mutating func rotate() -> Bool {
        guard let next = supply.take() else { return false }
        let full = segment
        segment = next
        journal.setRoomInSegment(next.room)
        supply.retire(full)
        onRotation(full)
        return true
    }
}
