import API
import Synchronization

/// How the last reload ended, for the metrics and the status line.
final class ReloadState: Sendable {
    private struct State {
        /// When the configuration in force was put there, milliseconds since the Unix epoch.
        var inForceSince: Int64
        var isLastRight = true
    }

    private let state: Mutex<State>

    init(startedAt: Int64) {
        state = Mutex(State(inForceSince: startedAt))
    }

    func succeeded(at time: Int64) {
        state.withLock { $0 = State(inForceSince: time) }
    }

    func failed() {
        state.withLock { $0.isLastRight = false }
    }

    func write(to text: inout MetricsText) {
        let (since, isRight) = state.withLock { ($0.inForceSince, $0.isLastRight) }
        text.single(.reloadSuccess, isRight ? 1 : 0)
        text.single(.reloadTime, Double(since) / 1000)
    }
}
