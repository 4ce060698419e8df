import CFCGI
import Glibc

/// Signals as values: blocked everywhere, and waited for by the main thread. No handler ever runs.
package struct SignalWaiter: Sendable {
    package enum Signal: Sendable, Equatable {
        case terminate
        case interrupt
        /// Reload the configuration.
        case hangUp
    }

    /// Blocks the signals. To be called before any thread is started, which would not have them blocked else.
    package init() {
        var set = Self.set()
        _ = unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Waits for a signal.
    ///
    /// - Returns: nil when none came in time.
    package func next(withinMilliseconds milliseconds: Int) -> Signal? {
        var set = Self.set()
        var time = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
        return Self.signal(unsafe sigtimedwait(&set, nil, &time))
    }

    /// Waits for a signal as long as it takes.
    package func next() -> Signal {
        var set = Self.set()
        while true {
            if let signal = Self.signal(unsafe sigwaitinfo(&set, nil)) { return signal }
        }
    }

    private static func set() -> sigset_t {
        var set = sigset_t()
        _ = unsafe sigemptyset(&set)
        for number in [SIGTERM, SIGINT, SIGHUP] { _ = unsafe sigaddset(&set, number) }
        return set
    }

    private static func signal(_ number: Int32) -> Signal? {
        switch number {
        case SIGTERM: .terminate
        case SIGINT: .interrupt
        case SIGHUP: .hangUp
        default: nil
        }
    }
}
