import Payments
import Synchronization

/// What transactions, the committer and the background threads share: one lock around a few fields, held for moments.
final class Journal: Sendable {
    private let state: Mutex<JournalState>
    private let work = Semaphore()
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

    // MARK: - For whoever flushes

    /// Waits until there is something to flush that nobody else is about to, and claims it; false when the journal closes
    /// or has failed.
    func claimWhenDue(sealAfterMilliseconds: Int) -> Bool {
        while true {
            switch state.withLock({ next(&$0) }) {
            case .flush: return true
            case .stop: return false
            case .sleep: work.wait()
            case .seal(let last):
                guard !work.wait(milliseconds: sealAfterMilliseconds) else { continue }
                if state.withLock({ claimOverdue(&$0, after: last) }) { return true }
            }
        }
    }

    /// Called when the time for a seal is over: lines that old are not left to a batch that is still open. Whatever holds
    /// it up (a peer that pauses, a document that has to be read) holds up nobody else then.
    private func claimOverdue(_ state: inout JournalState, after last: SequenceNumber) -> Bool {
        seal(&state, after: last)
        guard let first = state.pending.lines.first, first.sequence <= last else { return false }
        return state.claim(isLeftToBatches: false)
    }

    private enum Step {
        case flush, stop, sleep
        /// A seal is due when nothing comes after that position for a while.
        case seal(SequenceNumber)
    }

    private func next(_ state: inout JournalState) -> Step {
        guard state.failure == nil else { return .stop }
        if state.pending.isEmpty, state.isClosing { seal(&state, after: state.last) }
        if state.claim(isLeftToBatches: true) { return .flush }
        guard !state.isClosing || state.isFlushing || !state.pending.isEmpty else { return .stop }
        state.isCommitterAsleep = true
        return state.isSealed ? .sleep : .seal(state.last)
    }

    /// Announces transactions whose caller flushes for them; false while the disk is too slow for it to wait.
    func beginBatch() -> Bool {
        state.withLock { state in
            guard state.isDiskFast else { return false }
            state.openBatches += 1
            return true
        }
    }

    /// Whether the caller has to flush now.
    func endBatch() -> Bool {
        let (isClaimed, wakes) = state.withLock { state in
            state.openBatches -= 1
            // A segment that is full may keep whoever needs the next one waiting: not the caller.
            let isOurs = state.isDiskFast && state.queuedBytes <= state.roomInSegment
            let isClaimed = isOurs && state.claim(isLeftToBatches: false)
            return (isClaimed, !isClaimed && state.wakesCommitter())
        }
        if wakes { work.post() }
        return isClaimed
    }

    /// Hands over what the caller has claimed.
    func fetch(_ batch: inout PendingLines) {
        batch.reset()
        state.withLock { swap(&$0.claimed, &batch) }
    }

    /// Queues a seal: an empty line whose `dur` protects the last record. Without room it is left out.
    private func seal(_ state: inout JournalState, after last: SequenceNumber) {
        guard state.last == last, state.pending.isEmpty, !state.isSealed, !state.isFlushing else { return }
        guard state.roomInSegment >= JournalLine.overhead + 2 else {
            state.isSealed = true
            return
        }
        let noPuts: InlineArray<2, UInt8> = [UInt8(ascii: "["), UInt8(ascii: "]")]
        state.enqueue(noPuts.span, of: [])
    }

    /// Notes that lines have become durable and wakes whoever waited for them.
    ///
    /// - Parameter endsFlush: whether the next flush is anybody's to claim.
    func publish(_ commit: Commit, endsFlush: Bool) {
        // What leaves the cache is freed outside of the lock.
        let (waiters, wakes, _) = state.withLock { state in
            for (key, location) in commit.locations { state.index[key] = location }
            let left = state.cache.leave(durable: commit.sequence)
            state.durable = commit.sequence
            state.queuedBytes -= commit.queuedBytes
            state.roomInSegment = commit.roomInSegment
            state.isDiskFast = commit.nanoseconds < JournalState.fastFlushNanoseconds
            if endsFlush { state.isFlushing = false }
            return (state.takeWaiters(), state.wakesCommitter(evenIfIdle: state.isClosing), left)
        }
        for waiter in waiters { waiter.semaphore.post() }
        if wakes { work.post() }
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

/// Lines that have just become durable.
struct Commit {
    var sequence: SequenceNumber = 0
    var locations: [(Fingerprint, Location)] = []
    /// What they were counted as while they waited.
    var queuedBytes = 0
    var roomInSegment = 0
    /// How long the write and its sync took.
    var nanoseconds: UInt64 = 0
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
