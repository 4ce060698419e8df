import Synchronization

/// One lock per document, for as long as somebody holds or wants it: equal parallel requests wait for the first.
///
/// What it protects is a call to the outside, which no transaction may span. Waiters are served in the order they came.
package final class KeyedLocks: Sendable {
    /// Who waits for each held key.
    private let waiting = Mutex<[DocumentKey: [Semaphore]]>([:])

    package init() {}

    /// Runs `body` while holding the key.
    ///
    /// - Returns: nil when the key could not be had in time.
    package func withLock<Result>(
        _ key: DocumentKey, waitingMilliseconds: Int, _ body: () throws(PaymentError) -> Result
    ) throws(PaymentError) -> Result? {
        guard acquire(key, waitingMilliseconds) else { return nil }
        defer { release(key) }
        return try body()
    }

    private func acquire(_ key: DocumentKey, _ waitingMilliseconds: Int) -> Bool {
        let semaphore = Semaphore()
        let isFree = waiting.withLock { waiting in
            guard let others = waiting[key] else {
                waiting[key] = []
                return true
            }
            if waitingMilliseconds > 0 { waiting[key] = others + [semaphore] }
            return false
        }
        if isFree { return true }
        guard waitingMilliseconds > 0 else { return false }
        if semaphore.wait(milliseconds: waitingMilliseconds) { return true }
        return waiting.withLock { waiting in
            // Not among the waiting any more: it was handed over while the time ran out.
            guard let index = waiting[key]?.firstIndex(where: { $0 === semaphore }) else { return true }
            waiting[key]?.remove(at: index)
            return false
        }
    }

    /// Hands the key to who waits longest, or forgets it.
    private func release(_ key: DocumentKey) {
        let next: Semaphore? = waiting.withLock { waiting in
            guard let others = waiting[key], let first = others.first else {
                waiting[key] = nil
                return nil
            }
            waiting[key] = Array(others.dropFirst())
            return first
        }
        next?.post()
    }
}
