import API
import ArgumentParser
import FastCGI
import Glibc
import JSON
import Payments

/// `tollgate verify-signature`: why is this call refused?
struct VerifySignature: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify-signature",
        abstract: "Says which key signed a call and how, or why its signature is not accepted.",
        discussion: """
            Reads a request as it was sent: header lines, an empty line, the body. Tries every configured key in every \
            reading over every usual form of the body, and never prints a key. Exits with 0 when the service would \
            accept the signature, else with 1. Copy the body exactly; one byte more or less is another signature.

            Examples:
              tollgate verify-signature request.txt
              tollgate verify-signature --at 2026-11-21T10:00:00Z request.txt      an older call, by its own time
              tollgate verify-signature --key new-key --reading base64 request.txt a key that is not configured
              xclip -o | tollgate verify-signature -
            """)

    @Argument(help: "A file with the request; - reads standard input.", completion: .file())
    var file = "-"

    @Option(help: "The configuration whose keys are tried.", completion: .file(extensions: ["json"]))
    var config: String?

    @Option(help: "A file with another key to try, beside those of the configuration.", completion: .file())
    var key: String?

    @Option(help: "How the text of that key is read: utf8, base64, base64url or auto.")
    var reading = KeyReading.auto

    @Option(help: "Judge the timestamp at this time instead of now (ISO 8601, or milliseconds since 1970).")
    var at: Moment?

    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let request = try PastedRequest(try TextFile.input(file, maximumBytes: 2 << 20))
        let candidates = try candidates()
        let v1 = request.values("x-stash-hmac-signature")
        let legacy = request.values("stash-hmac-signature")
        let diagnosis = SignatureDiagnosis(
            v1: v1.first, legacy: legacy.first, body: request.body, isPasted: true, candidates: candidates,
            now: at?.milliseconds ?? Clock.system.milliseconds())
        let report = SignatureReport(
            diagnosis: diagnosis, isDoubled: v1.count > 1 || legacy.count > 1, hasHeader: !(v1 + legacy).isEmpty,
            keyNames: candidates.map(\.name), now: at?.milliseconds ?? Clock.system.milliseconds())
        if json { Console.output(report.json) } else { print(report.text) }
        if !report.isAccepted { throw ExitCode.failure }
    }

    private func candidates() throws -> [SignatureCandidate] {
        var candidates: [SignatureCandidate] = []
        if let key {
            let secret = try SecretFile.read(key)
            guard !reading.keys(of: secret.bytes).isEmpty else {
                throw CommandFailure("The key in \(key) is not \(reading.rawValue).")
            }
            candidates.append(SignatureCandidate(name: key, secret: secret, reading: reading))
            // Whoever tries a key may not be able to read the configured ones.
            if config == nil, !TextFile.exists(StateOptions.defaultConfiguration) { return candidates }
        }
        let configuration = try OperatorOptions.configuration(config)
        return candidates + SignatureCandidate.all(of: configuration.shops)
    }
}

extension KeyReading: ExpressibleByArgument {}
