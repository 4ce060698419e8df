import ArgumentParser
import FastCGI
import Glibc

/// `tollgate metrics`: the running service's metrics.
struct Metrics: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics", abstract: "Prints the running service's metrics as Prometheus text.",
        discussion: """
            They are served on the operator's socket only, which is root's. A timer may write them for node_exporter's \
            textfile collector; docs/metrics.md has the unit.

            Example:
              sudo tollgate metrics | grep tollgate_requests_total
            """)

    @OptionGroup var options: OperatorOptions

    func run() throws {
        let page = try OperatorLink(options).page("/metrics")
        guard SystemCall.writeWhole(page, to: STDOUT_FILENO) == page.count else {
            throw CommandFailure("The metrics could not be written.")
        }
    }
}
