package import Payments
import Synchronization

/// The repository over a folder of JSON files: a journal with group commit, and an index in memory.
///
/// A transaction runs in memory and returns at once; it is made durable afterwards, which is reported by position. The
/// format, and why it survives a power cut, is in docs/storage.md.
package final class JournalRepository: Repository {
    private let fileSystem: any FileSystem
    private let layout: StoreLayout
    private let configuration: JournalConfiguration
    /// Held until `close`.
    private let lock: Mutex<(any File)?>
    private let journal: Journal
    private let files: DocumentFiles
    private let supply: SegmentSupply
    private let compactor: Compactor
    private let firstSegment: OpenSegment
    /// One transaction at a time is what makes them serializable; the closures only touch memory.
    private let serial = Mutex(TransactionEncoder())
    private let threads = Mutex<[Thread]>([])
    /// nil until `start`.
    private let committer = Mutex<Committer?>(nil)

    /// What an administrator should know about the volume and the recovery.
    package let warnings: [String]
    /// The last position that was found on disk at the start; all up to it is durable.
    package let recoveredSequence: SequenceNumber
    /// How many lines were read at the start.
    package let linesRead: Int

    /// Opens or creates the store in a folder, reading all of it. Nothing becomes durable before `start`.
    ///
    /// - Throws: why the store cannot be used, in a sentence for its administrator; nothing was changed then.
    package init(
        directory: String, configuration: JournalConfiguration, fileSystem: any FileSystem
    ) throws(StoreError) {
        self.fileSystem = fileSystem
        self.configuration = configuration
        layout = StoreLayout(root: directory)
        let store = try Recovery(fileSystem: fileSystem, layout: layout, configuration: configuration).run()
        do throws(FileError) {
            firstSegment = try OpenSegment.prepare(
                store.openNumber, capacity: configuration.firstSegmentBytes, fileSystem, layout)
        } catch {
            throw StoreError(error)
        }
        lock = Mutex(store.lock)
        warnings = store.warnings
        recoveredSequence = store.last
        linesRead = store.lines
        files = DocumentFiles(fileSystem: fileSystem, layout: layout)
        supply = SegmentSupply(
            fileSystem: fileSystem, layout: layout, segmentBytes: configuration.segmentBytes,
            nextNumber: store.openNumber + 1)
        journal = Journal(
            index: store.index, last: store.last, isSealed: store.isSealed, configuration: configuration)
        journal.setRoomInSegment(firstSegment.room)
        compactor = Compactor(
            fileSystem: fileSystem, layout: layout, configuration: configuration, journal: journal, files: files,
            store: store)
    }

    /// Starts the threads that make transactions durable.
    package func start(_ events: JournalEvents) {
        let (journal, supply, compactor) = (journal, supply, compactor)
        let fail: @Sendable (String) -> Void = { reason in
            guard journal.fail(reason) else { return }
            supply.stop()
            compactor.stop()
            events.onFailure(reason)
        }
        let committer = Committer(
            journal: journal, supply: supply, configuration: configuration, segment: firstSegment, events: events,
            onRotation: { compactor.closed($0) }, fail: fail)
        self.committer.withLock { $0 = committer }
        let started = [
            Thread.start { committer.run() },
            Thread.start {
                do throws(FileError) {
                    try supply.run(journal, onWarning: events.onWarning)
                } catch {
                    fail(error.text)
                }
            },
            Thread.start {
                do throws(FileError) { try compactor.run(onWarning: events.onWarning) } catch { fail(error.text) }
            },
        ]
        threads.withLock { $0 = started.compactMap(\.self) }
        if started.contains(where: { $0 == nil }) { fail("No thread could be started.") }
    }

    package func perform(
        reading keys: [DocumentKey], _ body: (inout Transaction) throws(PaymentError) -> Void
    ) throws(PaymentError) -> SequenceNumber {
        for key in try journal.missing(keys) { _ = try fetch(key) }
        return try serial.withLock { encoder throws(PaymentError) in
            var transaction = Transaction(source: self)
            do throws(PaymentError) {
                try body(&transaction)
                guard !transaction.puts.isEmpty else { return transaction.sequence }
                let puts = transaction.lastPuts
                return try encoder.encode(puts, atMost: configuration.lineBytes) { array throws(PaymentError) in
                    try journal.append(array, of: puts)
                }
            } catch {
                var error = error
                error.sequence = transaction.sequence
                throw error
            }
        }
    }

    /// Runs `body`, which serves several requests, and makes their transactions durable: nobody need be woken for them.
    /// While flushes are long, others flush.
    ///
    /// `body` must not call `waitUntilDurable`: what it waits for would be flushed at its own end, or by the committer when
    /// it has waited long enough.
    ///
    /// - Parameter event: an eventfd. With it the flush may still be under way when this returns; the event is signalled
    ///   when it is over, and `endFlush` is to be called then. Without it this may block as long as one flush takes.
    /// - Returns: in how many nanoseconds at the latest the caller must run its next batch, if need be an empty one: what
    ///   waits is left to it, so that more can gather. nil when nothing is, as always without an event.
    @discardableResult
    package func batch(signalling event: Int32? = nil, _ body: () -> Void) -> UInt64? {
        guard let committer = committer.withLock({ $0 }) else {
            body()
            return nil
        }
        return committer.batch(signalling: event, body)
    }

    /// Reports what a flush that a batch has begun has made durable, if it is over. Called within a batch, so that what
    /// has gathered meanwhile goes with it.
    ///
    /// - Parameter waits: whether to wait for its end.
    package func endFlush(waits: Bool = false) {
        committer.withLock { $0 }?.endFlush(waits: waits)
    }

    package func waitUntilDurable(_ sequence: SequenceNumber) throws(PaymentError) {
        try journal.waitUntilDurable(sequence)
    }

    /// Whether every transaction is taken: false once the store failed or was closed, and while the disk is full and the
    /// open segment nearly so.
    package var isWritable: Bool {
        journal.takes(configuration.lineBytes)
    }

    /// How much the journal's segments and snapshots hold on disk, in bytes; nil when they cannot be listed.
    package var bytesOnDisk: Int? {
        do throws(FileError) {
            var bytes = 0
            for number in layout.numbers(try fileSystem.list(layout.journal)) {
                bytes += try fileSystem.open(layout.path(.segment(number)), .read).length()
            }
            for number in layout.numbers(try fileSystem.list(layout.snapshots)) {
                bytes += try fileSystem.open(layout.path(.snapshot(number)), .read).length()
            }
            return bytes
        } catch {
            return nil
        }
    }

    /// Makes a snapshot of all closed segments now; false when there is nothing new in them.
    package func makeSnapshot() throws(StoreError) -> Bool {
        do throws(CompactionError) {
            return try compactor.makeSnapshot()
        } catch {
            switch error {
            case .damaged(let fault): throw .damaged(fault)
            case .system(let error): throw StoreError(error)
            }
        }
    }

    /// Makes everything durable, ends the threads and gives up what was prepared. Transactions are refused from now on.
    package func close() {
        journal.close()
        let threads = threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
        compactor.stop()
        threads.first?.join()
        supply.stop()
        for thread in threads.dropFirst() { thread.join() }
        _ = journal.fail("The store is closed.")
        lock.withLock { $0 = nil }
    }
}

extension JournalRepository: DocumentSource {
    package func load(_ key: DocumentKey) throws(PaymentError) -> StoredDocument? {
        try fetch(key.fingerprint)
    }

    package func remember(_ document: any Document, at key: DocumentKey, writtenBy sequence: SequenceNumber) {
        journal.remember(document, decodedFrom: sequence, at: key.fingerprint)
    }

    /// Finds a document, in memory or on disk. One that moves meanwhile, because of a snapshot, is looked up again.
    private func fetch(_ key: Fingerprint) throws(PaymentError) -> StoredDocument? {
        var tried: Location?
        while true {
            switch journal.find(key) {
            case .absent: return nil
            case .cached(let document): return document
            case .stored(let location):
                guard location != tried else { throw .unavailable }
                tried = location
                let line = (try? files.line(at: location)) ?? []  // missing or unreadable: is it elsewhere by now?
                guard let stored = StoredLine(line, holding: key) else { continue }
                let document = StoredDocument(content: .encoded(stored.document), sequence: stored.sequence)
                journal.remember(document, at: key, from: location)
                return document
            }
        }
    }
}
