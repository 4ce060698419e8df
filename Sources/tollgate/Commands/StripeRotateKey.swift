import ArgumentParser
import JSON
import Storage

/// `tollgate stripe rotate-key`: seals every stored secret with the current key.
struct StripeRotateKey: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate-key", abstract: "Seals every token and account id anew with the first key of \"sealing\".",
        discussion: """
            1. Make a key and put it first in "sealing.keys" of the configuration; leave the old one after it:
                 openssl rand -hex 32 | sudo install -m 0600 /dev/stdin /etc/tollgate/secrets/sealing-key-2
            2. sudo systemctl reload tollgate
            3. sudo tollgate stripe rotate-key
            4. When it says so, take the old key away and reload again. Keep it as long as you keep backups from before.

            May be repeated, also when it was interrupted. Exits with 1 when something could not be opened.

            Example:
              sudo tollgate stripe rotate-key
            """)

    @OptionGroup var options: OperatorOptions
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        guard let key = try options.configuration().stripe?.sealing.currentKey else {
            throw CommandFailure("\(options.configurationFile): there is no \"stripe\", so nothing is sealed.")
        }
        let answer = try OperatorLink(options).post("/operator/stripe/reseal") { $0.member("key", key) }
        let failed = answer["failed"]?.elements.compactMap(\.string) ?? []
        if json {
            Console.output(Array(answer.bytes))
        } else {
            let resealed = answer["resealed"]?.integer ?? 0
            let untouched = answer["untouched"]?.integer ?? 0
            print("Sealed with the key \(Printable.text(key)): \(resealed) records now, \(untouched) needed nothing.")
            if failed.isEmpty { print("The other keys are not needed any more, but for backups from before.") }
        }
        guard !failed.isEmpty else { return }
        for record in failed { Console.error("could not be opened: \(Printable.text(record))") }
        Console.error("Keep the old keys: one of them may be missing in \"sealing\".")
        throw ExitCode.failure
    }
}
