import ArgumentParser
import JSON
import Payments
import Storage

/// `tollgate verify`: reads every byte of the state.
struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Checks that every record is whole, none is missing, and holdings equal the sum of grants.",
        discussion: """
            Exits with 0 when everything is right and with 1 when not. It only reads, and may run beside the service. \
            With --record the result is recorded as a change (by the service, when it runs), so that tollgate status \
            can tell when this was last done.

            Examples, the second for a nightly job:
              tollgate verify --json
              tollgate verify --record
            """)

    @OptionGroup var options: OperatorOptions
    @Flag(help: "Record the result for tollgate status.") var record = false
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let reader = try StateReader(options.stateOptions)
        let files = try reader.verifyFiles()
        // Figures that rest on damaged files would only mislead.
        let audit = files.fault == nil ? try reader.audit() : HoldingsAudit()
        let difference = audit.difference()
        let fault = files.fault?.text ?? difference.map { "Holdings do not add up: \($0)." }
        if json {
            printJSON(files, audit, fault)
        } else {
            printText(files, audit, fault)
        }
        if record { try record(fault, files) }
        if fault != nil { throw ExitCode.failure }
    }

    private func record(_ fault: String?, _ files: Verification) throws {
        do {
            _ = try OperatorLink(options).post("/operator/verified") { writer in
                // As much of the sentence as a field may hold.
                if let fault { writer.member("fault", String(decoding: fault.utf8.prefix(250), as: UTF8.self)) }
                writer.member("lastSequence", Int64(clamping: files.lastSequence))
            }
        } catch let error as CommandFailure where fault != nil {
            // A damaged store takes no records; that it is damaged is what matters.
            Console.error("The result was not recorded: \(error)")
        }
    }

    private func printText(_ files: Verification, _ audit: HoldingsAudit, _ fault: String?) {
        print("files:     \(files.segments) segments, \(files.snapshots) snapshots, \(files.lines) lines")
        if let fault { return print("fault:     \(fault)") }
        print("records:   \(files.documents) documents, the last is number \(files.lastSequence), none is missing")
        print("purchases: \(audit.purchases) granted to \(audit.players) players; holdings equal the grants")
        if let torn = files.tornTail {
            print("torn tail: \(torn.text). Nobody was told of it; the next start cuts it.")
        }
        print("Everything is right.")
    }

    private func printJSON(_ files: Verification, _ audit: HoldingsAudit, _ fault: String?) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("clean", fault == nil)
        writer.member("segments", Int64(files.segments))
        writer.member("snapshots", Int64(files.snapshots))
        writer.member("lines", Int64(files.lines))
        writer.member("documents", Int64(files.documents))
        writer.member("lastSequence", Int64(clamping: files.lastSequence))
        writer.member("purchases", Int64(audit.purchases))
        writer.member("players", Int64(audit.players))
        if let torn = files.tornTail { writer.member("tornTail", torn.text) }
        if let fault { writer.member("fault", fault) }
        writer.endObject()
        Console.output(writer.bytes)
    }
}
