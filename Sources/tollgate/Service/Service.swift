import API
import FastCGI
import Glibc
import Logging
import Payments
import Storage

/// The running service: the store, the server between its sockets and the store, and the order in which they start
/// and stop.
final class Service: Sendable {
    private let repository: JournalRepository
    private let server: Server
    private let notifier: SystemdNotifier
    private let connections: [Connection]
    private let logger: Logger
    private let startup: String

    /// Recovers the store and takes the sockets; nothing is served yet.
    init(
        _ configuration: Configuration, notifier: SystemdNotifier, log: LogSink, logger: Logger
    ) throws(CommandFailure) {
        self.notifier = notifier
        self.logger = logger
        for warning in configuration.warnings { logger.warning("\(warning)") }
        let repository = try Service.open(configuration.state, logger)
        let inherited = try Service.inherited(notifier)
        let clock = Clock.system
        let router = Router(
            routes: Routes.all(
                paths: configuration.paths,
                stash: StashEndpoints(
                    purchases: PurchaseService(repository: repository, clock: clock), logger: logger),
                health: HealthEndpoint { repository.isWritable }),
            authentication: Authentication(shops: configuration.shops, clock: clock, logger: logger),
            apiKeyHeader: configuration.apiKeyParameter)
        server = Server(
            configuration: Service.serverConfiguration(configuration),
            listeners: try Service.listeners(configuration, inherited: inherited.listeners), handler: router,
            accessLog: configuration.logsAccess ? AccessLog(sink: log) : nil, logger: logger)
        self.repository = repository
        connections = inherited.connections
        startup = "\(repository.linesRead) journal lines read, \(configuration.shops.count) shops"
    }

    /// Serves until `stop`, or until the store fails.
    ///
    /// - Parameter onFailure: called once, from another thread, when the store can make nothing durable any more.
    func start(onFailure: @escaping @Sendable () -> Void) throws(CommandFailure) {
        let (server, logger) = (server, logger)
        repository.start(
            JournalEvents(
                onDurable: { server.release(upTo: $0) },
                onFailure: { reason in
                    // Never retried: after a failed sync the kernel may have dropped what it could not write.
                    logger.critical("the store failed; stopping", metadata: ["reason": "\(reason)"])
                    server.failHeld()
                    onFailure()
                },
                onWarning: { logger.warning("\($0)") }))
        // What was recovered is durable: a repetition that finds it need not wait for the next commit.
        server.release(upTo: repository.recoveredSequence)
        do throws(FastCGIError) {
            try server.start(adopting: connections)
        } catch {
            repository.close()
            throw CommandFailure(error.message)
        }
        notifier.ready(status: "Serving; \(startup)")
        logger.notice("serving", metadata: ["startup": "\(startup)"])
    }

    /// Whether a worker takes what is ready, within two seconds.
    var isServing: Bool {
        server.isServing(withinMilliseconds: 2000)
    }

    /// Finishes what is in flight, hands the connections to the next process, and makes everything durable.
    func stop() {
        notifier.stopping()
        server.stop(handingOverTo: notifier)
        repository.close()
        logger.notice("stopped")
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
