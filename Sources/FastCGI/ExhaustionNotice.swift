import Logging

/// Says that descriptors have run out, at most once a second.
struct ExhaustionNotice {
    private var lastAt: UInt64 = 0

    mutating func report(_ code: Int32, _ logger: Logger) {
        let now = MonotonicClock.nanoseconds
        guard lastAt == 0 || now - lastAt >= 1_000_000_000 else { return }
        lastAt = now
        logger.error("A connection cannot be accepted: \(SystemCall.reason(code)). Raise LimitNOFILE.")
    }
}
