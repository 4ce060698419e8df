import API
import FastCGI
import Glibc
import Logging
import Payments
import Storage
import Synchronization

/// The running service: the store, the server between its sockets and the store, and the order in which they start
/// and stop.
final class Service: Sendable {
    private let repository: JournalRepository
    private let server: Server
    private let notifier: SystemdNotifier
    private let connections: [Connection]
    private let merchantWork: MerchantWork
    private let logger: Logger
    private let log: LogSink
    private let startup: String
    private let options: ServeOptions
    private let scope: ServiceScope
    private let reloadState: ReloadState
    private let ledger: KeyLedger
    private let stripeRetries: StripeRetries
    /// Only the main thread replaces it.
    private let inForce: Mutex<InForce>

    private struct InForce: Sendable {
        var configuration: Configuration
        /// Secrets that the last `tollgate reload` read. A signal has the service read its files itself, and its own
        /// copies may be older.
        var handedOver: [(path: String, bytes: [UInt8])] = []
    }

    /// Reads the configuration, recovers the store and takes the sockets; nothing is served yet.
    init(
        _ options: ServeOptions, notifier: SystemdNotifier, log: LogSink, logger: Logger
    ) throws(CommandFailure) {
        let configuration = try options.load()
        self.options = options
        self.notifier = notifier
        self.log = log
        self.logger = logger
        for warning in configuration.warnings { logger.warning("\(warning)") }
        let repository = try Service.open(configuration.state, logger)
        let inherited = try Service.inherited(notifier)
        scope = ServiceScope(over: repository, clock: .system, logger: logger)
        merchantWork = MerchantWork(scope.payments, logger)
        reloadState = ReloadState(startedAt: scope.startedAt)
        server = Server(
            configuration: Service.serverConfiguration(configuration),
            listeners: try Service.listeners(configuration, inherited: inherited.listeners),
            handler: Router(configuration, over: repository, in: scope, logger: logger),
            accessLog: configuration.logsAccess ? AccessLog(sink: log) : nil,
            recording: JournalRecording(repository: repository), logger: logger)
        self.repository = repository
        ledger = KeyLedger(repository: repository, clock: .system)
        stripeRetries = StripeRetries(scope.stripe, logger)
        inForce = Mutex(InForce(configuration: configuration))
        connections = inherited.connections
        startup = "\(repository.linesRead) journal lines read, \(configuration.summary)"
    }

    /// Serves until `stop`, or until the store fails.
    ///
    /// - Parameter onFailure: called once, from another thread, when the store can make nothing durable any more.
    func start(onFailure: @escaping @Sendable () -> Void) throws(CommandFailure) {
        let (server, logger) = (server, logger)
        var events = JournalEvents(
            onDurable: { server.release(upTo: $0) },
            onFailure: { reason in
                // Never retried: after a failed sync the kernel may have dropped what it could not write.
                logger.critical("the store failed; stopping", metadata: ["reason": "\(reason)"])
                server.failHeld()
                onFailure()
            },
            onWarning: { logger.warning("\($0)") })
        events.onSync = scope.registry.stopwatch(.syncDuration)
        repository.start(events)
        collectMetrics()
        if inForce.withLock({ $0.configuration.stripe != nil }) { scope.stripe.recover() }
        adoptKeys(of: inForce.withLock { $0.configuration })
        // What was recovered is durable: a repetition that finds it need not wait for the next commit.
        server.release(upTo: repository.recoveredSequence)
        do throws(FastCGIError) {
            try server.start(adopting: connections)
            try merchantWork.start()
        } catch {
            repository.close()
            throw CommandFailure(error.message)
        }
        notifier.ready(status: "Serving; \(startup)")
        stripeRetries.start()
        logger.notice("serving", metadata: ["startup": "\(startup)"])
    }

    /// Whether every worker takes what is ready within two seconds, or waits for a flush.
    var isServing: Bool {
        server.isServing(withinMilliseconds: 2000)
    }

    /// Finishes what is in flight, hands the connections to the next process, and makes everything durable.
    func stop() {
        notifier.stopping()
        merchantWork.stop()
        scope.reloads.close()
        recordKeys()
        stripeRetries.stop()
        server.stop(handingOverTo: notifier)
        merchantWork.join()
        stripeRetries.join()
        repository.close()
        logger.notice("stopped")
    }

    private func collectMetrics() {
        let (server, repository, reloadState) = (server, repository, reloadState)
        let process = ProcessMetrics(startedAt: scope.startedAt)
        let (redactions, deliveries) = (scope.payments.redactions, scope.payments.deliveries)
        let open = OpenMetrics(repository: repository, clock: .system)
        let reservations = scope.registry.reservations
        scope.collect { text in
            text.single(.reservations, Double(reservations.count))
            text.single(.deadLetters, Double(deliveries.deadCount))
            open.write(to: &text)
            text.single(.heldAnswers, Double(server.inFlight.held))
            if let bytes = repository.bytesOnDisk { text.single(.journalBytes, Double(bytes)) }
            reloadState.write(to: &text)
            text.single(.redactedCardNumbers, Double(redactions.count))
            process.write(to: &text)
        }
    }

    // MARK: Keys

    /// Writes when keys were last used. What cannot be written now is written the next time.
    func recordKeys() {
        do throws(PaymentError) {
            try ledger.record()
        } catch {
            logger.warning("the last use of keys was not recorded", metadata: ["reason": "\(error.message)"])
        }
    }

    /// No sale is refused because nobody can note when a key was used.
    private func adoptKeys(of configuration: Configuration) {
        do throws(PaymentError) {
            try ledger.adopt(configuration.shops)
        } catch {
            logger.warning("the ages of keys are not known", metadata: ["reason": "\(error.message)"])
        }
    }

    // MARK: Reload

    /// Carries out the reloads asked for on the operator's socket; when there are none, somebody sent the signal.
    func reload() {
        let requests = scope.reloads.take()
        for request in requests { request.settle(reload(request.offer)) }
        if requests.isEmpty { _ = reload(.own) }
    }

    /// Puts a configuration in force as a whole, or leaves the old one and says why.
    private func reload(_ offer: ReloadOffer) -> Result<ReloadReport, CommandFailure> {
        notifier.reloading()
        do throws(CommandFailure) {
            let next = try read(offer)
            if let obstacle = inForce.withLock({ $0.configuration.obstacle(to: next.configuration) }) {
                throw CommandFailure("\(options.file): \(obstacle)")
            }
            let report = putInForce(next)
            notifier.ready(
                status: "Serving; configuration of \(Moment.text(Clock.system.milliseconds())): \(report.summary)")
            logger.notice("reloaded", metadata: ["configuration": "\(report.summary)"])
            return .success(report)
        } catch {
            reloadState.failed()
            notifier.ready(status: "Serving with the old configuration; reload refused: \(error.description)")
            logger.error("reload refused; the old configuration stays", metadata: ["reason": "\(error.description)"])
            return .failure(error)
        }
    }

    private func read(_ offer: ReloadOffer) throws(CommandFailure) -> InForce {
        switch offer {
        case .own:
            let handedOver = inForce.withLock { $0.handedOver }
            return InForce(
                configuration: try options.load(SecretSupply(handedOver: handedOver)), handedOver: handedOver)
        case .bundle(let bundle):
            return InForce(configuration: try options.load(bundle), handedOver: bundle.secrets)
        case .unusable(_, let reason):
            throw CommandFailure(reason)
        }
    }

    /// From the return on every request that is read is served by `next`, and none by both.
    private func putInForce(_ next: InForce) -> ReloadReport {
        let configuration = next.configuration
        adoptKeys(of: configuration)
        server.replace(
            by: Generation(
                handler: Router(configuration, over: repository, in: scope, logger: logger),
                configuration: Service.serverConfiguration(configuration),
                accessLog: configuration.logsAccess ? AccessLog(sink: log) : nil))
        inForce.withLock { $0 = next }
        reloadState.succeeded(at: Clock.system.milliseconds())
        let warnings = configuration.warnings + configuration.missingCredentials(options.file)
        for warning in warnings { logger.warning("\(warning)") }
        return ReloadReport(summary: configuration.summary, warnings: warnings)
    }

    // MARK: Parts

    private static func open(_ folder: String, _ logger: Logger) throws(CommandFailure) -> JournalRepository {
        do throws(StoreError) {
            let repository = try JournalRepository(
                directory: folder, configuration: JournalConfiguration(), fileSystem: PosixFileSystem())
            for warning in repository.warnings { logger.warning("\(warning)") }
            return repository
        } catch {
            throw CommandFailure("state \(folder): \(error.message)")
        }
    }

    private static func inherited(_ notifier: SystemdNotifier) throws(CommandFailure) -> InheritedDescriptors {
        do throws(FastCGIError) {
            return try InheritedDescriptors.take(notifier)
        } catch {
            throw CommandFailure(error.message)
        }
    }

    /// systemd's sockets, and for each role it passed none, the configured one.
    private static func listeners(
        _ configuration: Configuration, inherited: [Listener]
    ) throws(CommandFailure) -> [Listener] {
        var listeners = inherited
        for (role, settings) in [(Listener.Role.public, configuration.listen), (.admin, configuration.admin)] {
            guard let settings, !listeners.contains(where: { $0.role == role }) else { continue }
            let socket = UnixSocket(path: settings.path, mode: settings.mode, group: settings.group)
            listeners.append(Listener(role: role, source: .unix(socket)))
        }
        guard listeners.contains(where: { $0.role == .public }) else {
            throw CommandFailure(
                "There is no socket to serve on. Start with systemctl start tollgate.socket, or name one in the "
                    + "configuration: \"listen\": { \"socket\": \"/run/tollgate/tollgate.sock\" }")
        }
        return listeners
    }

    private static func serverConfiguration(_ configuration: Configuration) -> ServerConfiguration {
        var limits = Limits()
        limits.bodyBytes = configuration.maximumBodyBytes
        return ServerConfiguration(
            workers: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)) / 2), limits: limits,
            securityHeaders: SecurityHeaders.standard.adding(commaFree: configuration.apiKeyParameter))
    }
}
