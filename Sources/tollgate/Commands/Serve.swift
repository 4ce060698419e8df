import ArgumentParser
import FastCGI
import Glibc
import Logging
import Payments
import Stripe

/// `tollgate serve`: what systemd starts.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serves requests until it is told to stop; systemd starts this.",
        discussion: """
            Takes its sockets from systemd (named tollgate and tollgate-admin), or makes those the configuration \
            names. Logs to standard error. Stops on SIGTERM or SIGINT when the requests in flight are answered. Reads its \
            configuration anew on SIGHUP and for `tollgate reload`, which also says what came of it.

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
        waitForEnd(signals, service, notifier)
        service.stop()
        if isFailed.isRaised { throw ExitCode.failure }
    }

    /// Everything that can be refused: the configuration, its secrets, the clock, the state and the sockets.
    private func prepare(
        _ notifier: SystemdNotifier, _ log: LogSink, _ logger: Logger
    ) throws(CommandFailure) -> Service {
        var options = ServeOptions(file: config, state: state, socket: socket, adminSocket: adminSocket)
        options.stripeConnectURL = try address(stripeConnectURL, "--stripe-connect-url")
        options.stripeAPIURL = try address(stripeAPIURL, "--stripe-api-url")
        try checkClock()
        return try Service(options, notifier: notifier, log: log, logger: logger)
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

    /// Waits for the signal to stop. Meanwhile it reloads, tells systemd's watchdog that requests are still being taken,
    /// and has what is known of the keys written.
    private func waitForEnd(_ signals: SignalWaiter, _ service: Service, _ notifier: SystemdNotifier) {
        // Twice as often as demanded (sd_watchdog_enabled(3)).
        let pause = notifier.watchdogMilliseconds.map { max(1, $0 / 2) } ?? Serve.longestPauseMilliseconds
        var recorded = MonotonicClock.nanoseconds
        while true {
            switch signals.next(withinMilliseconds: min(pause, Serve.longestPauseMilliseconds)) {
            case .terminate, .interrupt: return
            case .hangUp: service.reload()
            case nil: break
            }
            // After a signal too: whoever reloads every second would otherwise have the watchdog end the process.
            if service.isServing { notifier.watchdog() }
            if MonotonicClock.nanoseconds - recorded >= Serve.recordNanoseconds {
                recorded = MonotonicClock.nanoseconds
                service.recordKeys()
            }
        }
    }

    private static let longestPauseMilliseconds = 60_000
    /// Whoever rotates a key waits for it to be used. At most one record for each key and day comes of it.
    private static let recordNanoseconds: UInt64 = 60_000_000_000
}
