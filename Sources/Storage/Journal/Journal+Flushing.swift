import Payments
import Synchronization

/// For whoever flushes: the workers at the end of their batches, and the committer.
extension Journal {
    /// What the committer has to do.
    enum Duty: Sendable {
        /// It has claimed what waits.
        case flush
        /// A flush has been under way for longer than a batch should last: whoever began it may not come to end it.
        case look
        /// The journal closes or has failed.
        case stop
    }

    /// Waits until there is something to do that nobody else is about to.
    func nextDuty(sealAfterMilliseconds: Int) -> Duty {
        while true {
            switch state.withLock({ next(&$0) }) {
            case .flush: return .flush
            case .stop: return .stop
            case .sleep: work.wait()
            case .seal(let last):
                guard !work.wait(milliseconds: sealAfterMilliseconds) else { continue }
                let (isClaimed, isUnderWay) = state.withLock { (claimOverdue(&$0, after: last), $0.isFlushing) }
                if isClaimed { return .flush }
                if isUnderWay { return .look }
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
        return state.isSealed && !state.isFlushing ? .sleep : .seal(state.last)
    }

    /// Announces transactions whose caller flushes for them; false while the disk is too slow for it to wait.
    func beginBatch() -> Bool {
        state.withLock { state in
            guard state.isDiskFast else { return false }
            state.openBatches += 1
            return true
        }
    }

    /// What a caller has to do at the end of its batch.
    enum BatchEnd: Sendable {
        /// It has claimed what waits.
        case flush
        /// So many nanoseconds later, or at the end of its next batch, it asks again.
        case gather(UInt64)
        /// Nothing waits, or others flush it.
        case none
    }

    /// - Parameter gathers: whether the caller comes again when it is told to.
    func endBatch(gathers: Bool) -> BatchEnd {
        let (end, wakes) = state.withLock { state -> (BatchEnd, Bool) in
            state.openBatches -= 1
            state.isGathering = false
            // A segment that is full may keep whoever needs the next one waiting: not the caller.
            let isOurs = state.isDiskFast && state.queuedBytes <= state.roomInSegment
            if gathers, isOurs, let nanoseconds = state.gather() { return (.gather(nanoseconds), false) }
            if isOurs, state.claim(isLeftToBatches: false) { return (.flush, false) }
            return (.none, state.wakesCommitter())
        }
        if wakes { work.post() }
        return end
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
            state.isDiskFast = commit.waitedNanoseconds < JournalState.fastFlushNanoseconds
            state.gathering.flushed(
                commit.lines, waiting: state.pending.lines.count, inNanoseconds: commit.flushNanoseconds,
                endedAt: commit.endedAt)
            if endsFlush { state.isFlushing = false }
            return (state.takeWaiters(), state.wakesCommitter(evenIfIdle: state.isClosing), left)
        }
        for waiter in waiters { waiter.semaphore.post() }
        if wakes { work.post() }
    }
}

/// Lines that have just become durable.
struct Commit {
    var sequence: SequenceNumber = 0
    var locations: [(Fingerprint, Location)] = []
    /// What they were counted as while they waited.
    var queuedBytes = 0
    var roomInSegment = 0
    /// How many they were.
    var lines = 0
    var flushNanoseconds: UInt64 = 0
    /// On the monotonic clock.
    var endedAt: UInt64 = 0
    /// How long whoever flushed has waited for the disk: hardly at all for a flush that went on by itself.
    var waitedNanoseconds: UInt64 = 0
}
