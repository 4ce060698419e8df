/// When whoever serves requests begins the next flush: at once, or once enough transactions wait for it.
///
/// Callers send their next request when the last is answered, so a flush that begins with the first that comes back
/// has a few only, and makes the many wait for the next. Hence a flush waits for half of those who have been around of
/// late: one half waits for the disk while the other sends its requests. It waits for `most` at most, as it costs as much
/// for one as for all of them, and until twice the time is over that the last flush took, counted from its end: whoever comes
/// later, or has been alone for some flushes, waits for nobody.
///
/// PostgreSQL's `commit_delay` and `commit_siblings` do the same with an administrator's figures; how ours were found is in
/// docs/decisions/0033-a-flush-waits-for-company.md.
struct Gathering: Sendable {
    /// More than this was not faster: callers who wait here send nothing that others could work on meanwhile.
    static let most = 16
    /// A slow disk must not keep them for longer than that on top.
    static let longestNanoseconds: UInt64 = 1_000_000

    /// The most that one flush had and had left waiting; a quarter of it is forgotten with each.
    private var around = 0
    /// On the monotonic clock, nanoseconds.
    private var until: UInt64 = 0

    private var enough: Int { min(Gathering.most, (around + 1) / 2) }

    /// Notes the end of a flush.
    ///
    /// - Parameters:
    ///   - lines: how many it has made durable.
    ///   - waiting: how many came meanwhile.
    ///   - endedAt: when, on the monotonic clock, in nanoseconds.
    mutating func flushed(_ lines: Int, waiting: Int, inNanoseconds nanoseconds: UInt64, endedAt: UInt64) {
        around = max(lines + waiting, around - (around + 3) / 4)
        until = endedAt &+ min(nanoseconds &* 2, Gathering.longestNanoseconds)
    }

    /// How many nanoseconds more to wait with so many lines; nil when the flush should begin.
    func remaining(with lines: Int, _ clock: () -> UInt64) -> UInt64? {
        guard lines < enough else { return nil }
        let now = clock()
        return now < until ? until &- now : nil
    }
}
