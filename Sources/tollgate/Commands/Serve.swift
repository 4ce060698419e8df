import ArgumentParser
import FastCGI
import Glibc
import Logging
import Payments
import Stripe

/// `tollgate serve`: what systemd starts.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serves requests until it is told to stop; systemd starts this.",
        discussion: """
            Takes its sockets from systemd (named tollgate and tollgate-admin), or makes those the configuration \
            names. Logs to standard error. Stops on SIGTERM or SIGINT when the requests in flight are answered.

            Example, without systemd:
              tollgate serve --config tollgate.json --state ./state --socket ./tollgate.sock
            """)

    @Option(help: "The configuration file.", completion: .file(extensions: ["json"]))
    var config = StateOptions.defaultConfiguration

    @Option(help: "The state's folder, instead of the configuration's.")
    var state: String?

    @Option(help: "The socket to make, instead of the configuration's.")
    var socket: String?

    @Option(help: "The operator's socket to make, instead of the configuration's.")
    var adminSocket: String?

    @Option(
        name: .customLong("stripe-connect-url"),
        help: "Where browsers connect accounts at Stripe, instead of the configuration's.")
    var stripeConnectURL: String?

    @Option(
        name: .customLong("stripe-api-url"), help: "Where payments are made at Stripe, instead of the configuration's.")
    var stripeAPIURL: String?

    func run() throws {
        // Before any thread is started, so that all of them have the signals blocked.
        let signals = SignalWaiter()
        let notifier = SystemdNotifier()
        let log = try LogSink(descriptor: STDERR_FILENO, isJournal: notifier.isActive)
        // Last of all, however this ends.
        defer { log.close() }
        let logger = Logger(label: "tollgate") { _ in StandardErrorLog(sink: log) }
        let service: Service
        do throws(CommandFailure) {
            service = try prepare(notifier, log, logger)
        } catch {
            RefusedStart(reason: error.description).report(to: notifier, signals)
            throw error
        }
        let isFailed = FailureFlag()
        try service.start { isFailed.raise() }
        waitForEnd(signals, service, notifier, logger)
        service.stop()
        if isFailed.isRaised { throw ExitCode.failure }
    }

    /// Everything that can be refused: the configuration, its secrets, the clock, the state and the sockets.
    private func prepare(
        _ notifier: SystemdNotifier, _ log: LogSink, _ logger: Logger
    ) throws(CommandFailure) -> Service {
        var configuration = try Configuration.load(config)
        if let state { configuration.state = state }
        if let socket {
            configuration.listen = Configuration.SocketSettings(
                path: socket, mode: configuration.listen?.mode ?? 0o660, group: configuration.listen?.group)
        }
        if let adminSocket {
            configuration.admin = Configuration.SocketSettings(
                path: adminSocket, mode: configuration.admin?.mode ?? 0o600, group: configuration.admin?.group)
        }
        configuration.stripe?.redirect(
            connect: try address(stripeConnectURL, "--stripe-connect-url"),
            api: try address(stripeAPIURL, "--stripe-api-url"))
        try checkClock()
        return try Service(configuration, notifier: notifier, log: log, logger: logger)
    }

    private func address(_ text: String?, _ option: StaticString) throws(CommandFailure) -> BaseURL? {
        guard let text else { return nil }
        do throws(SettingError) {
            return try BaseURL(text)
        } catch {
            throw CommandFailure("\(option): \(error.message)")
        }
    }

    /// Signatures are fresh for five minutes: with a clock from before this version was built all would be wrong.
    private func checkClock() throws(CommandFailure) {
        guard Clock.system.milliseconds() >= Version.builtAfter else {
            throw CommandFailure("The clock is wrong: it shows a time before this version was made. Set it first.")
        }
    }

    /// Waits for the signal to stop, and meanwhile tells systemd's watchdog that requests are still being taken.
    private func waitForEnd(
        _ signals: SignalWaiter, _ service: Service, _ notifier: SystemdNotifier, _ logger: Logger
    ) {
        // Twice as often as demanded (sd_watchdog_enabled(3)); without a watchdog there is nothing to wake up for.
        let pause = notifier.watchdogMilliseconds.map { max(1, $0 / 2) }
        while true {
            switch pause.map(signals.next(withinMilliseconds:)) ?? signals.next() {
            case .terminate, .interrupt: return
            case .hangUp: logger.warning("reloading is not supported; restart instead, no request is lost")
            case nil: if service.isServing { notifier.watchdog() }
            }
        }
    }
}
