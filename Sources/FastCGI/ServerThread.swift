import CFCGI
import Glibc

/// A thread of the kernel. It blocks all signals: they belong to the thread that waits for them.
package struct ServerThread: Sendable {
    private final class Start {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }

    private let number: pthread_t

    /// - Parameter name: at most 15 bytes, as `top -H` shows it.
    package init(name: String, _ body: @escaping @Sendable () -> Void) throws(FastCGIError) {
        var all = sigset_t()
        var before = sigset_t()
        _ = unsafe sigfillset(&all)
        // libfcgi drops a request whose read or write a signal interrupts.
        _ = unsafe pthread_sigmask(SIG_BLOCK, &all, &before)
        defer { _ = unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        var thread = pthread_t()
        let start = unsafe Unmanaged.passRetained(Start(body))
        let result = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, start.toOpaque())
        guard result == 0 else {
            unsafe start.release()
            throw FastCGIError("The thread \(name) cannot be started: \(SystemCall.reason(result))")
        }
        _ = unsafe pthread_setname_np(thread, name)
        number = thread
    }

    package func join() {
        _ = pthread_join(number, nil)
    }
}
