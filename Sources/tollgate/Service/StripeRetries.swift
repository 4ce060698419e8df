import FastCGI
import Logging
import Payments
import Stripe
import Synchronization

/// The one thread that repeats what Stripe could not be told: at the start of the service, and every hour. First of all it
/// loads libcurl, so that the first call to a provider need not wait for that, and an administrator hears if it is not there.
///
/// What is pending stands in the state, so nothing is lost when the process ends.
final class StripeRetries: Sendable {
    private let connections: StripeConnections
    private let logger: Logger
    private let wakeUp = Semaphore()
    private let isStopping = Atomic(false)
    private let thread = Mutex<ServerThread?>(nil)

    private static let pauseMilliseconds = 3_600_000

    init(_ connections: StripeConnections, _ logger: Logger) {
        self.connections = connections
        self.logger = logger
    }

    /// Without a thread left, the operator still can: `tollgate stripe retry`.
    func start() {
        do throws(FastCGIError) {
            let started = try ServerThread(name: "stripe") { self.run() }
            thread.withLock { $0 = started }
        } catch {
            logger.warning("deauthorizations are not repeated", metadata: ["reason": "\(error.message)"])
        }
    }

    /// Begins no call from now on. Does not wait.
    func stop() {
        isStopping.store(true, ordering: .releasing)
        wakeUp.post()
    }

    /// Waits for the call under way, as long as its time-out.
    func join() {
        let started = thread.withLock { $0.take() }
        started?.join()
    }

    private func run() {
        if let reason = CurlLibrary.load() { logger.error("no call can be made", metadata: ["reason": "\(reason)"]) }
        while !isStopping.load(ordering: .acquiring) {
            connections.retryDeauthorizations { !self.isStopping.load(ordering: .acquiring) }
            _ = wakeUp.wait(milliseconds: StripeRetries.pauseMilliseconds)
        }
    }
}
