import CFCGI
import Glibc

/// A counter of the kernel (eventfd(2)) that threads wait on, alone or together with sockets.
final class EventDescriptor: Sendable {
    enum Kind: Sendable {
        /// Stays signalled: everybody who waits wakes up.
        case latch
        /// Each signal wakes one waiter.
        case semaphore
    }

    /// Negative when the kernel gave none; `Server.start` says so.
    let number: Int32

    init(_ kind: Kind) {
        let flags = Int32(EFD_CLOEXEC)
        number = eventfd(0, kind == .semaphore ? flags | Int32(EFD_SEMAPHORE) : flags)
    }

    deinit {
        if number >= 0 { _ = close(number) }
    }

    func signal(times: Int = 1) {
        var value = UInt64(times)
        _ = unsafe write(number, &value, MemoryLayout<UInt64>.size)
    }

    /// Blocks until there is a signal, and takes it.
    func wait() {
        var value: UInt64 = 0
        while unsafe read(number, &value, MemoryLayout<UInt64>.size) < 0, errno == EINTR {}
    }

    /// As `wait`, for a descriptor one thread waits on, and not longer than that; false when there was no signal.
    @discardableResult
    func wait(milliseconds: Int32) -> Bool {
        var set = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&set, 1, milliseconds) == 1 else { return false }
        wait()
        return true
    }
}
