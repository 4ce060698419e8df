import FastCGI
import Synchronization

/// The registrations that hold now, counted as their answers leave: what this process registered, and nobody confirmed
/// or cancelled since. What an earlier process registered is not among them.
package final class Reservations: Sendable {
    /// Beyond it the count stays behind; a million open registrations are somebody's mistake.
    private static let limit = 1_000_000

    /// By shop and transaction, when each lapses on the monotonic clock.
    private let open = Mutex<[String: UInt64]>([:])

    package init() {}

    func begin(_ place: String, forMilliseconds duration: Int64) {
        let (nanoseconds, overflow) = UInt64(clamping: duration).multipliedReportingOverflow(by: 1_000_000)
        let end = MonotonicClock.nanoseconds.addingReportingOverflow(overflow ? .max : nanoseconds)
        open.withLock { open in
            guard open.count < Reservations.limit || open[place] != nil else { return }
            open[place] = end.overflow ? .max : end.partialValue
        }
    }

    /// - Parameter place: only made when there is something to end.
    func end(_ place: () -> String) {
        open.withLock { open in
            guard !open.isEmpty else { return }
            open[place()] = nil
        }
    }

    /// How many hold; forgets the others.
    package var count: Int {
        let now = MonotonicClock.nanoseconds
        return open.withLock { open in
            open = open.filter { $0.value > now }
            return open.count
        }
    }
}
