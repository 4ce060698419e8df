import ArgumentParser
import JSON
import Payments

/// `tollgate status`: one screen, and an exit code for monitoring.
struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Shows on one screen whether everything is well.",
        discussion: """
            Asks the service by its operator socket and reads the state. Exits with 0 when all is well, with 1 when \
            somebody should look (an outcome nobody knows, a notification given up, an old verification), and with 2 \
            when purchases are not taken or records are damaged: what Nagios and its kin expect.

            Examples:
              sudo tollgate status
              tollgate status --json | jq .today.PRODUCTION
            """)

    @OptionGroup var options: OperatorOptions
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let folder = try options.stateOptions.folder()
        var service: StatusReport.ServiceState?
        var serviceFault: String?
        do {
            service = try OperatorLink(options).get("/operator/status").map(StatusReport.ServiceState.init)
        } catch let error as CommandFailure {
            serviceFault = error.description
        }
        let now = Clock.system.milliseconds()
        var figures: StateFigures?
        var stateFault: String?
        do throws(CommandFailure) {
            figures = try StateFigures(try StateReader(folder: folder), now: now)
        } catch {
            stateFault = error.description
        }
        let report = StatusReport(
            folder: folder, service: service, serviceFault: serviceFault, figures: figures, stateFault: stateFault,
            now: now)
        if json { Console.output(report.json) } else { print(report.text) }
        if report.severity > .fine { throw ExitCode(report.severity.rawValue) }
    }
}

extension StatusReport.ServiceState {
    /// What `GET /operator/status` answers.
    fileprivate init(_ answer: JSONValue) {
        startedAt = answer["startedAt"]?.integer ?? 0
        version = answer["version"]?.string ?? "unknown"
        isReady = answer["ready"]?.boolean ?? false
    }
}
