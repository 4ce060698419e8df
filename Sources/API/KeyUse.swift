import Synchronization

/// The last day a key was used, noted by whoever authenticates a request.
package final class KeyUse: Sendable {
    package static let dayMilliseconds: Int64 = 86_400_000

    /// Days since the Unix epoch, in UTC; 0 for never.
    private let lastDay = Atomic<Int64>(0)

    package init() {}

    /// The beginning of the day of the last use, milliseconds since the Unix epoch; nil for never.
    package var lastUsed: Int64? {
        let day = lastDay.load(ordering: .relaxed)
        return day > 0 ? day * KeyUse.dayMilliseconds : nil
    }

    /// One use of a key, to be noted when the request turns out to be one.
    package struct Moment: Sendable {
        let use: KeyUse
        /// Milliseconds since the Unix epoch.
        let time: Int64

        func note() {
            use.note(at: time)
        }
    }

    /// - Parameter time: milliseconds since the Unix epoch.
    package func note(at time: Int64) {
        let day = time / KeyUse.dayMilliseconds
        // One store a day: the line this lies in is shared by all workers.
        if lastDay.load(ordering: .relaxed) < day { lastDay.store(day, ordering: .relaxed) }
    }
}
