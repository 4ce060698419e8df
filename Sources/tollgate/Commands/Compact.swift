import ArgumentParser
import JSON

/// `tollgate compact`: a snapshot now.
struct Compact: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact", abstract: "Makes a snapshot of the state now, so that the next start reads less.",
        discussion: """
            The service makes snapshots by itself when the journal has grown. Before an upgrade or a backup one more \
            shortens both. It is made by the service, or by this command when the service does not run.

            Example:
              sudo tollgate compact
            """)

    @OptionGroup var options: OperatorOptions
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let answer = try OperatorLink(options).post("/operator/compact")
        if json { return Console.output(Array(answer.bytes)) }
        let isNew = answer["snapshot"]?.boolean ?? false
        print(isNew ? "A snapshot was made." : "There is nothing new for a snapshot.")
    }
}
