/// The figures of a `Server`.
package struct ServerConfiguration: Sendable {
    /// One for every two cores: nginx and TLS need the others, and more runnable threads than cores only worsen the
    /// slowest answers.
    package var workers: Int
    /// Threads of the second lane, for routes that call out.
    package var blockingThreads: Int
    /// Requests that wait for a thread of the second lane; above it 503.
    package var blockingQueue: Int
    /// Answers that wait for the journal; above it 503.
    package var heldAnswers: Int
    package var limits: Limits
    package var securityHeaders: SecurityHeaders
    /// How long a peer may pause within a request. nginx sends a request in one go; two peers that do not would hold
    /// two workers that long.
    package var receiveTimeoutMilliseconds: Int
    /// How long a peer may leave an answer unread.
    package var sendTimeoutMilliseconds: Int
    /// How long `stop` waits for requests in flight; less than the unit's TimeoutStopSec.
    package var drainTimeoutMilliseconds: Int

    package init(
        workers: Int, blockingThreads: Int = 8, blockingQueue: Int = 256, heldAnswers: Int = 4096,
        limits: Limits = Limits(), securityHeaders: SecurityHeaders = .standard,
        receiveTimeoutMilliseconds: Int = 1000, sendTimeoutMilliseconds: Int = 5000,
        drainTimeoutMilliseconds: Int = 20_000
    ) {
        self.workers = workers
        self.blockingThreads = blockingThreads
        self.blockingQueue = blockingQueue
        self.heldAnswers = heldAnswers
        self.limits = limits
        self.securityHeaders = securityHeaders
        self.receiveTimeoutMilliseconds = receiveTimeoutMilliseconds
        self.sendTimeoutMilliseconds = sendTimeoutMilliseconds
        self.drainTimeoutMilliseconds = drainTimeoutMilliseconds
    }
}
