import ArgumentParser
import JSON
import Payments

/// `tollgate keys create`: a key for a merchant's server or client.
struct KeysCreate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Makes a key for a merchant, and prints it this once.",
        discussion: """
            Only a hash of it is kept. To replace a key, make the new one, hand it over, and deactivate the old one when \
            nobody uses it any more (tollgate keys list shows the day of the last use).

            Examples:
              sudo tollgate keys create shop-1 --name server-2026
              sudo tollgate keys create shop-1 --name app --use publishable --until 2027-12-31
            """)

    @Argument(help: "The merchant's id.") var merchant: String
    @Option(help: "What the key is called in lists and logs.") var name: String
    @Option(help: "secret, for a server, or publishable, for a client.") var use = MerchantKey.Use.secret
    @Option(help: "The first moment it is valid (ISO 8601). Default: now.") var from: Moment?
    @Option(help: "The first moment it is not valid any more (ISO 8601). Default: never.") var until: Moment?
    @OptionGroup var options: OperatorOptions
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let answer = try OperatorLink(options).post("/operator/keys/create") { writer in
            writer.member("merchant", merchant)
            writer.member("name", name)
            writer.member("use", use.rawValue)
            if let from { writer.member("validFrom", from.milliseconds) }
            if let until { writer.member("validUntil", until.milliseconds) }
        }
        if json { return Console.output(Array(answer.bytes)) }
        print(answer["key"]?.string ?? "")
    }
}

/// `tollgate keys deactivate`.
struct KeysDeactivate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deactivate", abstract: "Refuses a merchant's key from now on.",
        discussion: """
            It cannot be undone; make a new key instead.

            Example:
              sudo tollgate keys deactivate shop-1 server-2025
            """)

    @Argument(help: "The merchant's id.") var merchant: String
    @Argument(help: "The key's name.") var name: String
    @OptionGroup var options: OperatorOptions
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let answer = try OperatorLink(options).post("/operator/keys/deactivate") { writer in
            writer.member("merchant", merchant)
            writer.member("name", name)
        }
        if json { return Console.output(Array(answer.bytes)) }
        print("Deactivated key \(Printable.text(name)) of \(Printable.text(merchant)).")
    }
}

extension MerchantKey.Use: ExpressibleByArgument {}
