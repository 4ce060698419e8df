import JSON
import Synchronization

@testable import Payments
@testable import Storage

/// A repository over memory that remembers every byte it was given, and fails when told to.
final class WitnessRepository: Repository {
    private struct State {
        var written: [[UInt8]] = []
        var failure: Failure?
        var last: SequenceNumber = 0
        var waitedFor: SequenceNumber = 0
        var isLost = false
    }

    /// Which transactions that put something are refused.
    struct Failure: Sendable {
        var code: PaymentError.Code
        /// So many are let through before.
        var after = 0
        /// So many are refused then.
        var count = Int.max
    }

    private let memory = MemoryRepository(settlesAtOnce: true, onDurable: { _ in })
    private let state = Mutex(State())

    func fails(_ failure: Failure?) {
        state.withLock { $0.failure = failure }
    }

    /// Nothing becomes durable any more: whoever waits is told so.
    func losesItsDisk() {
        state.withLock { $0.isLost = true }
    }

    /// Whether somebody waited until all that was put is durable.
    var isEverythingWaitedFor: Bool { state.withLock { $0.last > 0 && $0.waitedFor >= $0.last } }

    /// Everything ever put, as it would stand on disk.
    var written: [[UInt8]] { state.withLock { $0.written } }

    func wrote(_ text: String) -> Bool {
        written.contains { bytes in !bytes.ranges(of: Array(text.utf8)).isEmpty }
    }

    func perform(
        reading keys: [DocumentKey], _ body: (inout Transaction) throws(PaymentError) -> Void
    ) throws(PaymentError) -> SequenceNumber {
        var isPut = false
        let sequence = try memory.perform(reading: keys) { transaction throws(PaymentError) in
            try body(&transaction)
            if transaction.puts.isEmpty { return }
            isPut = true
            if let code = nextFailure() { throw PaymentError(code, "The test lets it fail.") }
            let bytes = transaction.puts.map { $0.document.encoded }
            state.withLock { $0.written += bytes }
        }
        if isPut { state.withLock { $0.last = max($0.last, sequence) } }
        return sequence
    }

    func waitUntilDurable(_ sequence: SequenceNumber) throws(PaymentError) {
        let isLost = state.withLock { state in
            if !state.isLost { state.waitedFor = max(state.waitedFor, sequence) }
            return state.isLost
        }
        if isLost { throw PaymentError(.unavailable, "The test lost its disk.") }
        try memory.waitUntilDurable(sequence)
    }

    private func nextFailure() -> PaymentError.Code? {
        state.withLock { state in
            guard var failure = state.failure else { return nil }
            defer { state.failure = failure }
            if failure.after > 0 {
                failure.after -= 1
                return nil
            }
            guard failure.count > 0 else { return nil }
            failure.count -= 1
            return failure.code
        }
    }
}
