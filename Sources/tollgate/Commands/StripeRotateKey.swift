import ArgumentParser
import JSON
import Payments
import Storage

/// `tollgate stripe rotate-key`: seals every stored secret with the current key.
struct StripeRotateKey: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate-key", abstract: "Seals every stored secret anew with the first key of \"sealing\".",
        discussion: """
            Tokens and accounts of organisers, and what merchants sign in with at providers and for notifications.

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

    /// As many as the service takes in one request.
    private static let merchantsAtOnce = 100

    func run() throws {
        let configuration = try options.configuration()
        guard let key = (configuration.stripe?.sealing ?? configuration.merchants?.sealing)?.currentKey else {
            throw CommandFailure(
                "\(options.configurationFile): there is no \"sealing\" that anything uses, so nothing is sealed.")
        }
        let link = try OperatorLink(options)
        var found = Found()
        if configuration.stripe != nil {
            found.add(try link.post("/operator/stripe/reseal") { $0.member("key", key) })
        }
        if configuration.merchants != nil {
            // Read after the service was seen to seal with the new key: whoever comes later needs nothing.
            found.add(try reseal([], key, link))
            let merchants = try StateReader(options.stateOptions).latest(Merchant.self) { $0.merchantID.text }
            for start in stride(from: 0, to: merchants.count, by: StripeRotateKey.merchantsAtOnce) {
                let end = min(start + StripeRotateKey.merchantsAtOnce, merchants.count)
                found.add(try reseal(Array(merchants[start..<end]), key, link))
            }
        }
        try report(found, key)
    }

    private func reseal(_ merchants: [String], _ key: String, _ link: OperatorLink) throws -> JSONValue {
        try link.post("/operator/merchants/reseal") { writer in
            writer.member("key", key)
            writer.name("merchants")
            writer.beginArray()
            for merchant in merchants {
                writer.beginObject()
                writer.member("id", merchant)
                writer.endObject()
            }
            writer.endArray()
        }
    }

    /// The sum of what the service answered.
    private struct Found {
        var resealed: Int64 = 0
        var untouched: Int64 = 0
        var failed: [String] = []

        mutating func add(_ answer: JSONValue) {
            resealed &+= answer["resealed"]?.integer ?? 0
            untouched &+= answer["untouched"]?.integer ?? 0
            failed += answer["failed"]?.elements.compactMap(\.string) ?? []
        }

        func write(to writer: inout JSONWriter) {
            writer.beginObject()
            writer.member("resealed", resealed)
            writer.member("untouched", untouched)
            writer.name("failed")
            writer.beginArray()
            for record in failed { writer.string(record) }
            writer.endArray()
            writer.endObject()
        }
    }

    private func report(_ found: Found, _ key: String) throws {
        if json {
            var writer = JSONWriter()
            found.write(to: &writer)
            Console.output(writer.bytes)
        } else {
            print(
                "Sealed with the key \(Printable.text(key)): \(found.resealed) records now, "
                    + "\(found.untouched) needed nothing.")
            if found.failed.isEmpty { print("The other keys are not needed any more, but for backups from before.") }
        }
        guard !found.failed.isEmpty else { return }
        for record in found.failed { Console.error("could not be opened: \(Printable.text(record))") }
        Console.error("Keep the old keys: one of them may be missing in \"sealing\".")
        throw ExitCode.failure
    }
}
