package import Logging
import Synchronization

/// Accepts FastCGI connections, has requests handled, and sends each answer when it may leave.
///
/// One acceptor, workers with an epoll set each of their own connections, and a second lane of threads that may block.
/// Nobody waits for the journal on behalf of a request: an answer that depends on it is held, and sent by whoever calls
/// `release`. See docs/decisions/0003-own-acceptor.md.
package final class Server: Sendable {
    let configuration: ServerConfiguration
    let logger: Logger
    let workers: [Worker]
    let connections: ConnectionTable
    let exchanges = ExchangePool()
    let held = HeldAnswers()
    let lane: BlockingLane
    let stopLatch = EventDescriptor(.latch)
    /// From now on connections are closed after their answer.
    let isDraining = Atomic<Bool>(false)
    let threads = Mutex<[ServerThread]>([])
    private let listeners: [Listener]
    private let generation: Mutex<Generation>

    /// - Parameter recording: makes durable at once what the requests of a batch have recorded; nil when they record nothing.
    package init(
        configuration: ServerConfiguration, listeners: [Listener], handler: any RequestHandler, accessLog: AccessLog?,
        recording: (any BatchRecording)? = nil, logger: Logger
    ) {
        self.configuration = configuration
        self.listeners = listeners
        generation = Mutex(Generation(handler: handler, configuration: configuration, accessLog: accessLog))
        self.logger = logger
        // The operator's has no part in the batches: it must answer even while the disk does not.
        let recording = recording ?? NoRecording()
        let publicWorkers = (0..<max(1, configuration.workers)).map { _ in Worker(role: .public, recording: recording) }
        workers = publicWorkers + [Worker(role: .admin, recording: NoRecording())]
        connections = ConnectionTable(workers: workers)
        lane = BlockingLane(queueLimit: configuration.blockingQueue)
    }

    /// Begins to serve, and returns.
    ///
    /// - Parameter adopted: connections the previous process left in systemd's descriptor store.
    /// - Throws: when a socket cannot be made, or the installed libfcgi fails its self-test. Nothing is left running.
    package func start(adopting adopted: [Connection] = []) throws(FastCGIError) {
        try FCGILibrary.prepare()
        try FCGILibrary.selfTest(configuration)
        guard workers.allSatisfy({ $0.listen(to: stopLatch) }) else {
            throw FastCGIError("No descriptor is left for the server. Raise LimitNOFILE.")
        }
        let sockets = try open(listeners)
        for connection in adopted {
            connection.setTimeouts(configuration)
            connections.add(connection)
        }
        do throws(FastCGIError) {
            try startThreads(sockets)
        } catch {
            stop()
            Self.remove(sockets)
            throw error
        }
    }

    /// Serves every request that is read from now on by another generation. Those in flight keep theirs.
    package func replace(by next: Generation) {
        generation.withLock { $0 = next }
    }

    /// To be taken once per request.
    var present: Generation { generation.withLock { $0 } }

    /// How many requests are in flight beyond those a worker holds: answers that wait for the journal, and requests on
    /// the second lane.
    package var inFlight: (held: Int, blocking: Int) { (held.count, lane.count) }

    /// Whether every worker still takes what is ready: the watchdog is to be told only then.
    package func isServing(withinMilliseconds milliseconds: Int32) -> Bool {
        workers.allSatisfy { $0.isServing(withinMilliseconds: milliseconds) }
    }

    /// Sends the answers that waited for the journal to be durable up to `sequence`. Any thread may call it, any time.
    ///
    /// Before `start` it says what the store recovered: until the first call, every position counts as not yet durable.
    package func release(upTo sequence: UInt64) {
        send(held.release(upTo: sequence))
    }

    /// The journal failed: refuses what waits for it, and what would have waited from now on.
    package func failHeld() {
        for answer in held.fail() {
            let refusal = answer.generation.handler.refuse(.storageFailed, answer.request)
            send(refusal, answer.request, answer.exchange, answer.generation)
            held.didSend()
        }
    }

    private func open(_ listeners: [Listener]) throws(FastCGIError) -> [ListeningSocket] {
        var sockets: [ListeningSocket] = []
        do throws(FastCGIError) {
            for listener in listeners { sockets.append(try ListeningSocket(listener)) }
        } catch {
            Self.remove(sockets)
            throw error
        }
        return sockets
    }

    private static func remove(_ sockets: [ListeningSocket]) {
        for socket in sockets {
            socket.unlinkIfOurs()
            socket.close()
        }
    }

    /// The acceptor comes last: only it closes sockets, and only when all threads could be started.
    private func startThreads(_ sockets: [ListeningSocket]) throws(FastCGIError) {
        try lane.start(threads: configuration.blockingThreads)
        for (index, worker) in workers.enumerated() {
            try startThread("worker-\(index)") { self.work(worker) }
        }
        let acceptor = Acceptor(
            sockets: sockets, connections: connections, configuration: configuration, stop: stopLatch,
            logger: logger)
        try startThread("acceptor") { acceptor.run() }
    }

    private func startThread(_ name: String, _ body: @escaping @Sendable () -> Void) throws(FastCGIError) {
        let thread = try ServerThread(name: name, body)
        threads.withLock { $0.append(thread) }
    }
}
