import CFCGI
import Glibc

/// One worker's epoll set (epoll(7)).
///
/// A connection reports each arrival once, and not again until more arrives: it stays armed while its request is
/// answered, which saves a system call a request. Only the set's worker reads from its connections, so that what an
/// event tells of is still there when the worker comes to it.
final class EventPoll: Sendable {
    /// Negative when the kernel gave none; `Server.start` says so.
    let number: Int32

    init() {
        number = epoll_create1(Int32(EPOLL_CLOEXEC))
    }

    deinit {
        if number >= 0 { _ = close(number) }
    }

    func add(connection token: EventToken) -> Bool {
        control(EPOLL_CTL_ADD, token, EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue)
    }

    /// Has the kernel look again: an arrival that was reported before, and not read, is reported anew.
    func rearm(connection token: EventToken) -> Bool {
        control(EPOLL_CTL_MOD, token, EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue)
    }

    /// Adds a descriptor that is reported for as long as it is signalled.
    func add(latch: EventDescriptor) -> Bool {
        control(EPOLL_CTL_ADD, EventToken(latch: latch.number), EPOLLIN.rawValue)
    }

    /// Adds a descriptor that is reported once for each time it is signalled, and never read.
    func add(signals: EventDescriptor) -> Bool {
        control(EPOLL_CTL_ADD, EventToken(latch: signals.number), EPOLLIN.rawValue | EPOLLET.rawValue)
    }

    func remove(latch: EventDescriptor) {
        _ = control(EPOLL_CTL_DEL, EventToken(latch: latch.number), 0)
    }

    /// Waits until something is ready.
    ///
    /// - Parameter timeoutNanoseconds: nil waits for ever.
    /// - Returns: nothing when nothing was ready in time, a signal came between, or the kernel (before 5.11) has no such
    ///   time-outs.
    func wait(timeoutNanoseconds: UInt64?) -> ReadyEvents {
        unsafe withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: ReadyEvents.most) { ready in
            var events = ReadyEvents()
            let count = unsafe wait(ready.baseAddress, timeoutNanoseconds)
            for index in 0..<max(0, Int(count)) {
                events.append(EventToken(rawValue: unsafe ready[index].data.u64))
            }
            return events
        }
    }

    private func wait(_ ready: UnsafeMutablePointer<epoll_event>?, _ timeoutNanoseconds: UInt64?) -> Int32 {
        let most = Int32(ReadyEvents.most)
        guard let timeoutNanoseconds, timeoutNanoseconds > 0 else {
            return unsafe epoll_wait(number, ready, most, timeoutNanoseconds == nil ? -1 : 0)
        }
        let (seconds, rest) = timeoutNanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        var time = timespec(tv_sec: Int(clamping: seconds), tv_nsec: Int(clamping: rest))
        return unsafe epoll_pwait2(number, ready, most, &time, nil)
    }

    private func control(_ operation: Int32, _ token: EventToken, _ events: UInt32) -> Bool {
        var event = unsafe epoll_event()
        unsafe event.events = events
        unsafe event.data.u64 = token.rawValue
        return unsafe epoll_ctl(number, operation, token.descriptor, &event) == 0
    }
}

/// What was ready at once.
struct ReadyEvents: Sendable {
    /// Also how many requests share a flush at most.
    static let most = 64
    private var tokens = InlineArray<64, EventToken>(repeating: EventToken(rawValue: 0))
    private(set) var count = 0

    fileprivate mutating func append(_ token: EventToken) {
        tokens[count] = token
        count += 1
    }

    /// - Returns: whether it was there.
    mutating func remove(_ token: EventToken) -> Bool {
        for index in 0..<count where tokens[index] == token {
            for later in index + 1..<count { tokens[later - 1] = tokens[later] }
            count -= 1
            return true
        }
        return false
    }

    func forEach(_ body: (EventToken) -> Void) {
        for index in 0..<count { body(tokens[index]) }
    }
}

/// What an epoll set reports: a descriptor, and which of those that have had its number.
struct EventToken: Sendable, Equatable {
    let rawValue: UInt64

    init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// - Parameter generation: counts the connections that had this number.
    init(connection descriptor: Int32, generation: UInt32) {
        rawValue = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
    }

    /// A latch keeps its number for good.
    init(latch descriptor: Int32) {
        self.init(connection: descriptor, generation: 0)
    }

    var descriptor: Int32 { Int32(truncatingIfNeeded: rawValue) }
    var generation: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 32) }
}
