import CFCGI
import Glibc

/// An epoll set (epoll(7)). A connection in it reports once and is silent until it is armed again, so that one worker
/// has it at a time.
final class EventPoll: Sendable {
    /// Negative when the kernel gave none; `Server.start` says so.
    let number: Int32

    init() {
        number = epoll_create1(Int32(EPOLL_CLOEXEC))
    }

    deinit {
        if number >= 0 { _ = close(number) }
    }

    func add(connection descriptor: Int32) -> Bool {
        control(EPOLL_CTL_ADD, descriptor, EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLONESHOT.rawValue)
    }

    func rearm(connection descriptor: Int32) -> Bool {
        control(EPOLL_CTL_MOD, descriptor, EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLONESHOT.rawValue)
    }

    func add(latch: EventDescriptor) -> Bool {
        control(EPOLL_CTL_ADD, latch.number, EPOLLIN.rawValue)
    }

    func remove(latch: EventDescriptor) {
        _ = control(EPOLL_CTL_DEL, latch.number, 0)
    }

    /// - Returns: a descriptor that is ready; nil when there was none in time, or a signal came between.
    func next(timeoutMilliseconds: Int32) -> Int32? {
        var event = unsafe epoll_event()
        guard unsafe epoll_wait(number, &event, 1, timeoutMilliseconds) == 1 else { return nil }
        return unsafe event.data.fd
    }

    private func control(_ operation: Int32, _ descriptor: Int32, _ events: UInt32) -> Bool {
        var event = unsafe epoll_event()
        unsafe event.events = events
        unsafe event.data.fd = descriptor
        return unsafe epoll_ctl(number, operation, descriptor, &event) == 0
    }
}
