import CFCGI
import Glibc
import Synchronization

/// A thread of the kernel. It blocks all signals: they belong to the thread that waits for them.
package struct ServerThread: Sendable {
    private final class Start: Sendable {
        let body: @Sendable () -> Void
        let hasEnded = Atomic<Bool>(false)

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }

    private let number: pthread_t
    private let start: Start

    /// - Parameter name: at most 15 bytes, as `top -H` shows it.
    package init(name: String, _ body: @escaping @Sendable () -> Void) throws(FastCGIError) {
        var all = sigset_t()
        var before = sigset_t()
        _ = unsafe sigfillset(&all)
        // libfcgi drops a request whose read or write a signal interrupts.
        _ = unsafe pthread_sigmask(SIG_BLOCK, &all, &before)
        defer { _ = unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        var thread = pthread_t()
        let kept = Start(body)
        let start = unsafe Unmanaged.passRetained(kept)
        let result = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                start.body()
                start.hasEnded.store(true, ordering: .releasing)
                return nil
            }, start.toOpaque())
        guard result == 0 else {
            unsafe start.release()
            throw FastCGIError("The thread \(name) cannot be started: \(SystemCall.reason(result))")
        }
        _ = unsafe pthread_setname_np(thread, name)
        number = thread
        self.start = kept
    }

    /// Whether `join` would return at once.
    var hasEnded: Bool { start.hasEnded.load(ordering: .acquiring) }

    package func join() {
        _ = pthread_join(number, nil)
    }
}
