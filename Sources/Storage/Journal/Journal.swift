import Payments
import Synchronization

/// What transactions, the committer and the background threads share: one lock around a few fields, held for moments.
final class Journal: Sendable {
    let state: Mutex<JournalState>
    /// What the committer sleeps on.
    let work = Semaphore()
    private let pendingLimit: Int

    init(index: DocumentIndex, last: SequenceNumber, isSealed: Bool, configuration: JournalConfiguration) {
        pendingLimit = configuration.pendingBytes
        state = Mutex(
            JournalState(
                index: index, cache: DocumentCache(capacity: configuration.cachedDocuments), last: last,
                durable: last, isSealed: isSealed))
    }

    // MARK: - For transactions

    enum Found: Sendable {
        case cached(StoredDocument)
        case stored(Location)
        case absent
    }

    func find(_ key: Fingerprint) -> Found {
        state.withLock { state in
            if let document = state.cache.find(key) { return .cached(document) }
            return state.index[key].map(Found.stored) ?? .absent
        }
    }

    /// Which of the documents exist and are not in memory.
    ///
    /// - Throws: when nothing can be recorded any more, as `checkAlive` does.
    func missing(_ keys: [DocumentKey]) throws(PaymentError) -> [Fingerprint] {
        try state.withLock { state throws(PaymentError) in
            guard state.failure == nil else { throw .unavailable }
            var missing: [Fingerprint] = []
            for key in keys where !state.cache.contains(key.fingerprint) && state.index[key.fingerprint] != nil {
                missing.append(key.fingerprint)
            }
            return missing
        }
    }

    /// Keeps what was read from `location`, unless something newer came in the meantime.
    func remember(_ document: StoredDocument, at key: Fingerprint, from location: Location) {
        state.withLock { state in
            guard !state.cache.contains(key), state.index[key] == location else { return }
            state.cache.insert(document, at: key, isSettled: false, durable: state.durable)
        }
    }

    /// Replaces the bytes of a document in memory by what they mean.
    func remember(_ document: any Document, decodedFrom sequence: SequenceNumber, at key: Fingerprint) {
        state.withLock { state in
            guard let present = state.cache.find(key), present.sequence == sequence else { return }
            state.cache.insert(
                StoredDocument(content: .decoded(document), sequence: sequence), at: key,
                isSettled: document.isSettled, durable: state.durable)
        }
    }

    /// Throws when nothing can be recorded any more; reading, too, is over then, since what was read may never have been.
    func checkAlive() throws(PaymentError) {
        guard state.withLock({ $0.failure }) == nil else { throw .unavailable }
    }

    /// Gives a transaction its place in the history and makes its documents visible to the next one.
    ///
    /// - Parameter array: its puts, as they stand in a line.
    func append(_ array: Span<UInt8>, of puts: [Transaction.Put]) throws(PaymentError) -> SequenceNumber {
        let (sequence, wakes) = try state.withLock { state throws(PaymentError) in
            try admit(array.count + JournalLine.overhead, state)
            let wasSealed = state.isSealed
            state.enqueue(array, of: puts)
            return (state.last, state.wakesCommitter(evenIfIdle: wasSealed))
        }
        if wakes { work.post() }
        return sequence
    }

    private func admit(_ bytes: Int, _ state: borrowing JournalState) throws(PaymentError) {
        guard state.failure == nil, !state.isClosing else { throw .unavailable }
        guard state.queuedBytes + bytes <= pendingLimit else { throw .overloaded }
        guard !state.isDiskFull || state.queuedBytes + bytes <= state.roomInSegment else { throw .diskFull }
    }

    /// Whether a transaction of that size would be taken now.
    func takes(_ bytes: Int) -> Bool {
        state.withLock { state in
            do throws(PaymentError) {
                try admit(bytes, state)
                return true
            } catch {
                // Too much that waits is over in a moment; it says nothing of the store.
                return error.code == .overloaded
            }
        }
    }

    func waitUntilDurable(_ sequence: SequenceNumber) throws(PaymentError) {
        let semaphore: Semaphore? = state.withLock { state in
            guard state.durable < sequence, state.failure == nil, !state.isStalled else { return nil }
            let semaphore = Semaphore()
            state.waiters.append(JournalState.Waiter(sequence: sequence, semaphore: semaphore))
            return semaphore
        }
        semaphore?.wait()
        let (durable, isStalled) = state.withLock { ($0.durable, $0.isStalled) }
        guard durable >= sequence else { throw isStalled ? .diskFull : .unavailable }
    }

    /// Ends all recording; false when it had ended before.
    func fail(_ reason: String) -> Bool {
        let (isFirst, waiters) = state.withLock { state in
            let isFirst = state.failure == nil
            if isFirst { state.failure = reason }
            return (isFirst, state.takeWaiters())
        }
        for waiter in waiters { waiter.semaphore.post() }
        work.post()
        return isFirst
    }

    func close() {
        state.withLock { $0.isClosing = true }
        work.post()
    }

    var durable: SequenceNumber {
        state.withLock { $0.durable }
    }

    var hasFailed: Bool {
        state.withLock { $0.failure != nil }
    }

    var isDiskFull: Bool {
        state.withLock { $0.isDiskFull }
    }

    var isOver: Bool {
        state.withLock { $0.isClosing || $0.failure != nil }
    }

    // MARK: - For the background threads

    /// Notes whether the volume has room for another segment; returns what was known before.
    func setDiskFull(_ isFull: Bool) -> Bool {
        let (before, waiters) = state.withLock { state in
            let before = state.isDiskFull
            state.isDiskFull = isFull
            return (before, state.takeWaiters())
        }
        for waiter in waiters { waiter.semaphore.post() }
        return before
    }

    func setRoomInSegment(_ bytes: Int) {
        state.withLock { $0.roomInSegment = bytes }
    }

    /// Points documents at a snapshot, those excepted that have moved on to later files.
    func repoint(_ locations: [(Fingerprint, Location)], to snapshot: FileNumber) {
        state.withLock { state in
            for (key, location) in locations {
                guard let present = state.index[key], present.file < snapshot else { continue }
                state.index[key] = location
            }
        }
    }

    func location(of key: Fingerprint) -> Location? {
        state.withLock { $0.index[key] }
    }
}

extension PaymentError {
    static var overloaded: PaymentError {
        PaymentError(.overloaded, "Too many transactions wait to be recorded. Try again in a moment.")
    }

    static var diskFull: PaymentError {
        PaymentError(.unavailable, "The disk is full: nothing can be recorded at present.")
    }

    static var unavailable: PaymentError {
        PaymentError(.unavailable, "The store cannot record anything at present.")
    }
}
