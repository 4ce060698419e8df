import FastCGI
import Logging
import Payments
import Synchronization

/// The one thread that looks after what nobody waits for: payments whose end is not known, and notifications.
///
/// What is open stands in the state, so a restart goes on where the process before ended.
final class MerchantWork: Sendable {
    private let merchants: MerchantPayments
    private let logger: Logger
    private let wakeUp = Semaphore()
    private let isStopping = Atomic(false)
    private let thread = Mutex<ServerThread?>(nil)

    private static let pauseMilliseconds = 1000
    /// So many at a time, so that neither of the two waits long for the other.
    private static let batch = 20

    init(_ merchants: MerchantPayments, _ logger: Logger) {
        self.merchants = merchants
        self.logger = logger
    }

    func start() throws(FastCGIError) {
        let thread = try ServerThread(name: "merchants") { self.run() }
        self.thread.withLock { $0 = thread }
    }

    /// Begins nothing new from now on. Does not wait.
    func stop() {
        isStopping.store(true, ordering: .releasing)
        wakeUp.post()
    }

    /// Waits for what is under way, as long as one notification may take.
    func join() {
        let thread = self.thread.withLock { $0.take() }
        thread?.join()
    }

    private func run() {
        var secondsToSettle = 0
        // Each kind of trouble is said once, not every second until it is over.
        var trouble: (deliveries: String?, payments: String?)
        while !isStopping.load(ordering: .acquiring) {
            var isMore = false
            if let inForce = merchants.inForce {
                attempt("notifications", &trouble.deliveries) { () throws(PaymentError) in
                    isMore = try inForce.deliveries.run(atMost: MerchantWork.batch) == MerchantWork.batch
                }
                if secondsToSettle <= 0 {
                    attempt("payments", &trouble.payments) { () throws(PaymentError) in
                        _ = try inForce.payments.settle(atMost: MerchantWork.batch)
                    }
                    secondsToSettle = inForce.settleSeconds
                }
            }
            guard !isMore else { continue }
            _ = wakeUp.wait(milliseconds: MerchantWork.pauseMilliseconds)
            secondsToSettle -= 1
        }
    }

    /// Says what goes wrong, once for each kind; the trouble of the one kind must not stop the other.
    private func attempt(_ what: String, _ trouble: inout String?, _ work: () throws(PaymentError) -> Void) {
        do throws(PaymentError) {
            try work()
            trouble = nil
        } catch {
            if trouble != error.message {
                logger.warning("\(what) are not all looked after", metadata: ["reason": "\(error.message)"])
            }
            trouble = error.message
        }
    }
}
