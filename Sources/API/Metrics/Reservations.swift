import FastCGI
import Synchronization

/// The registrations that hold now, counted as their answers leave: what this process registered, and nobody confirmed
/// or cancelled since. What an earlier process registered is not among them.
package final class Reservations: Sendable {
    /// Beyond it the count stays behind; so many open registrations are somebody's mistake.
    private static let limit = 100_000
    private static let fewest = 1024

    private struct State {
        /// By shop and transaction, when each lapses on the monotonic clock.
        var open: [String: UInt64] = [:]
        /// At this many the lapsed ones are forgotten, although nobody has asked for the count.
        var crowd = Reservations.fewest

        mutating func forgetLapsed() {
            let now = MonotonicClock.nanoseconds
            open = open.filter { $0.value > now }
            crowd = max(Reservations.fewest, 2 * open.count)
        }
    }

    private let state = Mutex(State())

    package init() {}

    func begin(_ place: String, forMilliseconds duration: Int64) {
        let (nanoseconds, overflow) = UInt64(clamping: duration).multipliedReportingOverflow(by: 1_000_000)
        let end = MonotonicClock.nanoseconds.addingReportingOverflow(overflow ? .max : nanoseconds)
        state.withLock { state in
            if state.open.count >= min(state.crowd, Reservations.limit) { state.forgetLapsed() }
            guard state.open.count < Reservations.limit || state.open[place] != nil else { return }
            state.open[place] = end.overflow ? .max : end.partialValue
        }
    }

    /// - Parameter place: only made when there is something to end.
    func end(_ place: () -> String) {
        state.withLock { state in
            guard !state.open.isEmpty else { return }
            state.open[place()] = nil
        }
    }

    /// How many hold; forgets the others.
    package var count: Int {
        state.withLock { state in
            state.forgetLapsed()
            return state.open.count
        }
    }
}
