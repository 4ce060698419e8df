import Payments
import Synchronization

/// Decides when a snapshot is due, makes it on a thread of its own, and removes what it replaces.
final class Compactor: Sendable {
    private let fileSystem: any FileSystem
    private let layout: StoreLayout
    private let configuration: JournalConfiguration
    private let journal: Journal
    private let files: DocumentFiles
    private let state: Mutex<State>
    /// One snapshot at a time, whether the thread or a caller makes it.
    private let serial = Mutex<Void>(())
    private let request = Semaphore()
    /// How many wait in `makeSnapshot`.
    private let callers = Atomic<Int>(0)

    private struct State: Sendable {
        /// The last two snapshots; 0 when there is none.
        var previous: UInt32
        var latest: UInt32
        var latestBytes = 0
        var lastClosed: UInt32
        var bytesSinceLatest: Int
    }

    init(
        fileSystem: any FileSystem, layout: StoreLayout, configuration: JournalConfiguration, journal: Journal,
        files: DocumentFiles, store: RecoveredStore
    ) {
        self.fileSystem = fileSystem
        self.layout = layout
        self.configuration = configuration
        self.journal = journal
        self.files = files
        state = Mutex(
            State(
                previous: store.snapshots.dropLast().last ?? 0, latest: store.snapshots.last ?? 0,
                latestBytes: store.snapshotBytes, lastClosed: store.openNumber - 1,
                bytesSinceLatest: store.journalBytes))
        if isDue { request.post() }
    }

    /// Counts a segment that is full.
    func closed(_ segment: OpenSegment) {
        state.withLock { state in
            state.lastClosed = segment.number
            state.bytesSinceLatest += segment.length
        }
        if isDue { request.post() }
    }

    func stop() {
        request.post()
    }

    private var isDue: Bool {
        state.withLock { $0.bytesSinceLatest > max(configuration.snapshotAfterBytes, $0.latestBytes) }
    }

    /// The background thread. A snapshot that cannot be made, for want of room or because a closed segment is damaged,
    /// is given up with a warning: the journal does not need it. Any other failure ends the recording.
    func run(onWarning: (String) -> Void) throws(FileError) {
        while true {
            request.wait()
            guard !journal.isOver else { return }
            guard isDue else { continue }
            do throws(CompactionError) {
                _ = try merge()
            } catch {
                switch error {
                case .system(let error) where error.isFull:
                    onWarning("No room for a snapshot: a start will take longer. \(error.text)")
                case .system(let error):
                    throw error
                case .damaged(let fault):
                    onWarning("A closed file is damaged; the next start would refuse it: \(fault.text)")
                }
                state.withLock { $0.bytesSinceLatest = 0 }  // tried again after as much more
            }
        }
    }

    /// Makes a snapshot of all closed segments; false when there is nothing new in them.
    ///
    /// The caller waits for it, and for one that is being made: without pauses.
    func makeSnapshot() throws(CompactionError) -> Bool {
        callers.add(1, ordering: .relaxed)
        defer { callers.subtract(1, ordering: .relaxed) }
        return try merge()
    }

    private func pause() {
        guard callers.load(ordering: .relaxed) == 0, !journal.isOver else { return }
        BackgroundWork.pause()
    }

    private func merge() throws(CompactionError) -> Bool {
        try serial.withLock { _ throws(CompactionError) in
            let (before, latest, last, bytes) = state.withLock {
                ($0.previous, $0.latest, $0.lastClosed, $0.bytesSinceLatest)
            }
            guard last > latest else { return false }
            var compaction = Compaction(
                fileSystem: fileSystem, layout: layout, configuration: configuration, journal: journal,
                previous: latest, last: last, pause: pause)
            guard let length = try compaction.run() else { return false }
            state.withLock { state in
                state.previous = latest
                state.latest = last
                state.latestBytes = length
                state.bytesSinceLatest -= bytes
            }
            do throws(FileError) {
                try removeCovered(before: before, by: latest)
            } catch {
                throw .system(error)
            }
            return true
        }
    }

    /// Removes what is older than the last snapshot but one, which stays with the segments after it: should the newest
    /// snapshot be damaged, that generation still holds everything.
    private func removeCovered(before: UInt32, by previous: UInt32) throws(FileError) {
        for number in layout.numbers(try fileSystem.list(layout.snapshots)) where number < previous {
            files.forget(.snapshot(number))
            try fileSystem.unlink(layout.path(.snapshot(number)))
        }
        guard configuration.deletesCovered else { return }
        for number in layout.numbers(try fileSystem.list(layout.journal)) where number <= previous {
            files.forget(.segment(number))
            try fileSystem.unlink(layout.path(.segment(number)))
        }
    }
}
