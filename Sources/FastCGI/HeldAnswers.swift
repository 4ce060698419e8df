import Synchronization

/// Output commit: answers that may not leave before the journal is durable up to what they depend on.
///
/// `hold` and `release` race: a worker may come with an answer whose position became durable meanwhile. Both decide
/// under one lock, so an answer is either refused here (and sent at once) or seen by a later `release`.
final class HeldAnswers: Sendable {
    /// A class, so that it moves from queue to queue at the price of one reference instead of twenty.
    final class Answer: Sendable {
        let exchange: Exchange
        let request: Request
        let response: Response
        let generation: Generation

        init(exchange: Exchange, request: Request, response: Response, generation: Generation) {
            self.exchange = exchange
            self.request = request
            self.response = response
            self.generation = generation
        }
    }

    enum Verdict: Sendable {
        case held
        /// Everything it depends on is durable: send it.
        case durable
        /// It never will be: refuse it.
        case failed
    }

    private struct State {
        var isFailed = false
        var answers: [Answer] = []
    }

    private let state = Mutex(State())
    private let durable = Atomic<UInt64>(0)
    private let unsent = Atomic<Int>(0)

    /// How many wait, or are being sent.
    var count: Int { unsent.load(ordering: .acquiring) }

    func hold(_ answer: Answer) -> Verdict {
        let sequence = answer.response.durableAt
        if sequence <= durable.load(ordering: .acquiring) { return .durable }
        return state.withLock { state in
            if sequence <= durable.load(ordering: .acquiring) { return .durable }
            if state.isFailed { return .failed }
            state.answers.append(answer)
            unsent.add(1, ordering: .relaxed)
            return .held
        }
    }

    /// - Returns: the answers that may leave now. `didSend` is to be called after each.
    func release(upTo sequence: UInt64) -> [Answer] {
        durable.max(sequence, ordering: .acquiringAndReleasing)
        return state.withLock { state in
            guard !state.answers.isEmpty else { return [] }
            let durable = durable.load(ordering: .acquiring)
            let waiting = state.answers.filter { $0.response.durableAt > durable }
            let released = waiting.isEmpty ? state.answers : state.answers.filter { $0.response.durableAt <= durable }
            state.answers = waiting
            return released
        }
    }

    /// - Returns: all that waited. Nothing will wait from now on. `didSend` is to be called after each.
    func fail() -> [Answer] {
        state.withLock { state in
            state.isFailed = true
            defer { state.answers = [] }
            return state.answers
        }
    }

    /// Only now is the answer's request no longer in flight.
    func didSend() {
        unsent.subtract(1, ordering: .releasing)
    }
}
