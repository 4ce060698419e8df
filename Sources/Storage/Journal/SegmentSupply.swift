import Payments
import Synchronization

/// Keeps the next segment ready, because filling one takes a third of a second, and cuts those that are done.
///
/// The segment ahead is also the reserve for a full disk: when the one after it cannot be prepared, a whole segment is
/// still to be written, and the alarm is out.
final class SegmentSupply: Sendable {
    private let fileSystem: any FileSystem
    private let layout: StoreLayout
    private let segmentBytes: Int
    private let state: Mutex<State>
    private let request = Semaphore()
    private let delivery = Semaphore()

    private struct State: Sendable {
        var nextNumber: UInt32
        var ready: OpenSegment?
        var closed: [OpenSegment] = []
        var isOver = false
        /// Whether somebody waits for the next segment: it is made without pauses then.
        var isAwaited = false
    }

    init(
        fileSystem: any FileSystem, layout: StoreLayout, segmentBytes: Int, nextNumber: UInt32
    ) {
        self.fileSystem = fileSystem
        self.layout = layout
        self.segmentBytes = segmentBytes
        state = Mutex(State(nextNumber: nextNumber))
        request.post()
    }

    /// Waits for the next segment; nil when there will be none.
    func take() -> OpenSegment? {
        while true {
            let (segment, isOver) = state.withLock { state in
                let segment = state.ready
                state.ready = nil
                state.isAwaited = segment == nil
                return (segment, state.isOver)
            }
            if let segment {
                request.post()
                return segment
            }
            guard !isOver else { return nil }
            delivery.wait()
        }
    }

    /// Hands over a segment that is written to its end.
    func retire(_ segment: OpenSegment) {
        state.withLock { $0.closed.append(segment) }
        request.post()
    }

    /// Ends `run` and every wait.
    func stop() {
        state.withLock { $0.isOver = true }
        request.post()
        delivery.post()
    }

    /// The background thread: prepares and cuts until the end. A full disk is tried again every second.
    func run(_ journal: Journal, onWarning: (String) -> Void) throws(FileError) {
        while true {
            let (closed, isOver) = state.withLock { state in
                defer { state.closed = [] }
                return (state.closed, state.isOver)
            }
            guard !journal.hasFailed else { return }
            // The last one first, so that a crash never leaves a gap.
            if isOver, let unused = state.withLock({ $0.ready }) { try close(unused) }
            for segment in closed { try close(segment) }
            if isOver { return }
            do throws(FileError) {
                try prepare(journal)
                if journal.setDiskFull(false) { onWarning("The disk has room again: recording goes on.") }
                request.wait()
            } catch {
                if error.isCancelled { continue }
                guard error.isFull else { throw error }
                guard !journal.isOver else { return stop() }  // or the committer would wait for room for ever
                if !journal.setDiskFull(true) {
                    onWarning("The disk is full: recording ends with the open segment. \(error.text)")
                }
                _ = request.wait(milliseconds: 1000)
            }
        }
    }

    /// Cuts the blank rest off, or removes the segment when it was not used.
    private func close(_ segment: OpenSegment) throws(FileError) {
        guard segment.length == 0 else { return try segment.trim() }
        try fileSystem.unlink(segment.path)
        try fileSystem.fsyncDirectory(layout.journal)
    }

    /// Hurries while somebody waits, and on a full disk, where it most likely ends in vain: what was not synced costs the
    /// disk little then.
    private func prepare(_ journal: Journal) throws(FileError) {
        let number: UInt32? = state.withLock { $0.ready == nil ? $0.nextNumber : nil }
        guard let number else { return }
        let segment = try OpenSegment.prepare(number, capacity: segmentBytes, fileSystem, layout) {
            let (isOver, isAwaited) = state.withLock { ($0.isOver, $0.isAwaited) }
            if isOver { return .stopped }
            return isAwaited || journal.isDiskFull ? .hurried : .steady
        }
        state.withLock { state in
            state.nextNumber += 1
            state.ready = segment
        }
        delivery.post()
    }
}
