import ArgumentParser
import JSON
import Payments

/// `tollgate aliases`: customers' ways to pay.
struct Aliases: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aliases", abstract: "Lists and shows aliases.", subcommands: [AliasesList.self, AliasesShow.self])
}

struct AliasesList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists aliases, the newest last.",
        discussion: """
            Examples:
              tollgate aliases list --merchant shop-1
              tollgate aliases list --status partial --json | jq '.[].id'
            """)

    @OptionGroup var stateOptions: StateOptions
    @Option(help: "Only this merchant's.") var merchant: String?
    @Option(name: .customLong("status"), help: "Only those that are partial, complete or inactive.")
    var status: Alias.State?
    @Option(help: "At most so many, the newest.") var limit = 100
    @Flag(help: "Print a JSON array of the stored documents.") var json = false

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit must be greater than 0.") }
    }

    func run() throws {
        let wanted = merchant.map { MerchantID($0) }
        let found = try StateReader(stateOptions).latest(Alias.self) { alias in
            (wanted == nil || wanted == alias.merchant) && (status == nil || status == alias.state) ? alias : nil
        }.suffix(limit)
        guard json else {
            for alias in found { print(AliasText.line(alias)) }
            if found.isEmpty { Console.error("No alias matches.") }
            return
        }
        var writer = JSONWriter()
        writer.beginArray()
        for alias in found { alias.write(to: &writer) }
        writer.endArray()
        Console.output(writer.bytes)
    }
}

struct AliasesShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows one alias.",
        discussion: """
            Example:
              tollgate aliases show aliasOk0000000000000
            """)

    @Argument(help: "The alias's id.") var id: String
    @OptionGroup var stateOptions: StateOptions
    @Flag(help: "Print the stored document.") var json = false

    func run() throws {
        let wanted = AliasID(id)
        let found = try StateReader(stateOptions).latest(Alias.self) { $0.aliasID == wanted ? $0 : nil }
        guard let alias = found.first else { throw CommandFailure("There is no alias \(Printable.text(id)).") }
        guard json else { return print(AliasText.page(alias)) }
        var writer = JSONWriter()
        alias.write(to: &writer)
        Console.output(writer.bytes)
    }
}

/// An alias as people read it.
private enum AliasText {
    static func line(_ alias: Alias) -> String {
        [
            Moment.text(alias.created), alias.state.rawValue, alias.aliasID.text, alias.merchant.text,
            alias.provider.rawValue, alias.mode.rawValue, alias.details?.method.rawValue ?? "-",
        ].joined(separator: "  ")
    }

    static func page(_ alias: Alias) -> String {
        let details = alias.details
        let known: [(String, String?)] = [
            ("alias", alias.aliasID.text), ("merchant", alias.merchant.text), ("state", alias.state.rawValue),
            ("provider", alias.provider.rawValue), ("provider alias", alias.providerAlias),
            ("money", alias.mode.rawValue), ("method", details?.method.rawValue), ("card", details?.cardMask),
            ("expiry", details?.cardExpiry), ("account", details?.accountMask), ("country", details?.country),
            ("made", Moment.text(alias.created)), ("by", alias.userAgent),
        ]
        return known.compactMap { name, value in
            value.map { "\((name + ":").padded(to: 16))\(Printable.text($0))" }
        }.joined(separator: "\n")
    }
}

extension Alias.State: ExpressibleByArgument {}
