import API
import Glibc
import Payments
import Storage
import Synchronization

/// Reloads asked for on the operator's socket. The main thread carries them out, as it does those asked for by a
/// signal, so that there is one at a time; whoever asked waits for the answer.
final class ReloadRequests: Sendable {
    final class Request: Sendable {
        let offer: ReloadOffer
        private let answer = Mutex<Result<ReloadReport, CommandFailure>?>(nil)
        private let isAnswered = Semaphore()

        init(_ offer: ReloadOffer) {
            self.offer = offer
        }

        func settle(_ result: Result<ReloadReport, CommandFailure>) {
            answer.withLock { $0 = result }
            isAnswered.post()
        }

        func wait() -> Result<ReloadReport, CommandFailure>? {
            isAnswered.wait()
            return answer.withLock { $0 }
        }
    }

    private struct State {
        var waiting: [Request] = []
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Asks the main thread, and waits until it has answered.
    ///
    /// - Returns: `invalid` with the reason why the old configuration stays; `unavailable` when the service stops.
    func submit(_ offer: ReloadOffer) -> Result<ReloadReport, PaymentError> {
        let request = Request(offer)
        let isAccepted = state.withLock { state in
            guard !state.isClosed else { return false }
            state.waiting.append(request)
            return true
        }
        guard isAccepted else { return .failure(ReloadRequests.stopping) }
        kill(getpid(), SIGHUP)
        guard let result = request.wait() else { return .failure(ReloadRequests.stopping) }
        return result.mapError { PaymentError(.invalid, $0.description) }
    }

    /// Those that wait; empty when the signal was sent by somebody else.
    func take() -> [Request] {
        state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
    }

    /// From now on all are refused.
    func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for request in waiting { request.settle(.failure(CommandFailure(ReloadRequests.stopping.message))) }
    }

    private static var stopping: PaymentError {
        PaymentError(.unavailable, "The service is stopping; the configuration is read anew when it starts.")
    }
}
