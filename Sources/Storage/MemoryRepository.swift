package import Payments
import Synchronization

/// The repository without a disk, for tests: the same rules, and positions become durable when the test says so.
///
/// Documents are kept as JSON, so that a test also sees what a document loses when it is written and read.
package final class MemoryRepository: Repository {
    private let state: Mutex<State>
    private let serial = Mutex(TransactionEncoder())
    private let lineBytes: Int
    private let pendingBytes: Int
    private let onDurable: @Sendable (SequenceNumber) -> Void

    private struct State: Sendable {
        var documents: [FingerprintKey: StoredDocument] = [:]
        var last: SequenceNumber = 0
        var durable: SequenceNumber = 0
        var settlesAtOnce: Bool
        var queuedBytes = 0
        var waiters: [JournalState.Waiter] = []
    }

    /// - Parameter settlesAtOnce: whether everything is durable as soon as it is put, or only after `settle`.
    package init(
        settlesAtOnce: Bool, lineBytes: Int = 1 << 20, pendingBytes: Int = 8 << 20,
        onDurable: @escaping @Sendable (SequenceNumber) -> Void
    ) {
        state = Mutex(State(settlesAtOnce: settlesAtOnce))
        self.lineBytes = lineBytes
        self.pendingBytes = pendingBytes
        self.onDurable = onDurable
    }

    package func perform(
        reading keys: [DocumentKey], _ body: (inout Transaction) throws(PaymentError) -> Void
    ) throws(PaymentError) -> SequenceNumber {
        let sequence = try serial.withLock { encoder throws(PaymentError) in
            var transaction = Transaction(source: self)
            do throws(PaymentError) {
                try body(&transaction)
                guard !transaction.puts.isEmpty else { return transaction.sequence }
                let puts = transaction.lastPuts
                return try encoder.encode(puts, atMost: lineBytes) { array throws(PaymentError) in
                    try append(puts, ofBytes: array.count + JournalLine.overhead)
                }
            } catch {
                var error = error
                error.sequence = transaction.sequence
                throw error
            }
        }
        if state.withLock({ $0.settlesAtOnce }) { settle(upTo: sequence) }
        return sequence
    }

    package func waitUntilDurable(_ sequence: SequenceNumber) throws(PaymentError) {
        let semaphore: Semaphore? = state.withLock { state in
            guard state.durable < sequence else { return nil }
            let semaphore = Semaphore()
            state.waiters.append(JournalState.Waiter(sequence: sequence, semaphore: semaphore))
            return semaphore
        }
        semaphore?.wait()
    }

    /// Calls everything up to that position durable, as a committer does after its sync.
    package func settle(upTo sequence: SequenceNumber) {
        let waiters: [JournalState.Waiter]? = state.withLock { state in
            guard sequence > state.durable else { return nil }
            state.durable = min(sequence, state.last)
            if state.durable == state.last { state.queuedBytes = 0 }
            let durable = state.durable
            defer { state.waiters.removeAll { $0.sequence <= durable } }
            return state.waiters.filter { $0.sequence <= durable }
        }
        guard let waiters else { return }
        for waiter in waiters { waiter.semaphore.post() }
        onDurable(sequence)
    }

    private func append(_ puts: [Transaction.Put], ofBytes bytes: Int) throws(PaymentError) -> SequenceNumber {
        try state.withLock { state throws(PaymentError) in
            guard state.queuedBytes + bytes <= pendingBytes else { throw .overloaded }
            state.queuedBytes += bytes
            state.last += 1
            for put in puts {
                let document = StoredDocument(content: .encoded(put.document.encoded), sequence: state.last)
                state.documents[FingerprintKey(put.key.fingerprint)] = document
            }
            return state.last
        }
    }
}

extension MemoryRepository: DocumentSource {
    package func load(_ key: DocumentKey) throws(PaymentError) -> StoredDocument? {
        state.withLock { $0.documents[FingerprintKey(key.fingerprint)] }
    }

    /// Everything stays encoded here, so that each read decodes.
    package func remember(_ document: any Document, at key: DocumentKey, writtenBy sequence: SequenceNumber) {}
}
