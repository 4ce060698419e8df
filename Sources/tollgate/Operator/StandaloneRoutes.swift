import API
import FastCGI
import Glibc
import Logging
import Payments
import Storage

/// The operator's routes without a service: opens the store, runs one request, makes it durable and closes the store.
struct StandaloneRoutes {
    private let configuration: Configuration
    private let socket: String?

    /// - Parameter socket: where no service answered, for messages.
    init(_ configuration: Configuration, socket: String?) {
        self.configuration = configuration
        self.socket = socket
    }

    func post(_ path: String, _ body: [UInt8]) throws(CommandFailure) -> Response {
        let log = try explained { () throws(FastCGIError) in
            try LogSink(descriptor: STDERR_FILENO, isJournal: false)
        }
        defer { log.close() }
        let logger = Logger(label: "tollgate") { _ in StandardErrorLog(sink: log) }
        try StoreOwner.become(of: configuration.state)
        let repository = try open()
        defer { repository.close() }
        repository.start(
            JournalEvents(
                onDurable: { _ in }, onFailure: { logger.critical("the store failed: \($0)") },
                onWarning: { logger.warning("\($0)") }))
        let router = Router(
            configuration, over: repository, in: ServiceScope(over: repository, clock: .system, logger: logger),
            logger: logger)
        let request = try StandaloneRoutes.request(path, body)
        let response =
            switch router.handle(request) {
            case .response(let response): response
            case .blocking(let answer): answer()
            }
        do throws(PaymentError) {
            try repository.waitUntilDurable(response.durableAt)
        } catch {
            throw CommandFailure("state \(configuration.state): \(error.message)")
        }
        return response
    }

    private func open() throws(CommandFailure) -> JournalRepository {
        let folder = configuration.state
        do throws(StoreError) {
            // A misspelt folder must not become a new store: reading one demands that it is there.
            _ = try StoreReader(
                directory: folder, lineBytes: JournalConfiguration().lineBytes, fileSystem: PosixFileSystem())
            return try JournalRepository(
                directory: folder, configuration: JournalConfiguration(), fileSystem: PosixFileSystem())
        } catch  where error.code == .locked {
            let place = socket.map { "its operator socket \($0) does not answer" } ?? "it has no operator socket"
            throw CommandFailure(
                """
                \(error.message)
                If that is the service: \(place). Name the right one with --admin-socket, or put one into the \
                configuration ("admin": { "socket": "/run/tollgate/admin.sock" }) and restart the service.
                """)
        } catch {
            throw CommandFailure("state \(folder): \(error.message)")
        }
    }

    private static func request(_ path: String, _ body: [UInt8]) throws(CommandFailure) -> Request {
        let parameters = Parameters([
            ("REQUEST_METHOD", "POST"), ("REQUEST_URI", path), ("CONTENT_TYPE", "application/json"),
            ("CONTENT_LENGTH", "\(body.count)"),
        ])
        do throws(Refusal) {
            return try Request(parameters: parameters, body: body, listener: .admin, peerUser: getuid())
        } catch {
            throw CommandFailure("\(path) cannot be asked for.")
        }
    }

    private func explained<Result>(_ body: () throws(FastCGIError) -> Result) throws(CommandFailure) -> Result {
        do throws(FastCGIError) {
            return try body()
        } catch {
            throw CommandFailure(error.message)
        }
    }
}
