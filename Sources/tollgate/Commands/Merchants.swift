import API
import ArgumentParser
import JSON
import Payments

/// `tollgate merchants`: who takes payments through us.
struct Merchants: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merchants", abstract: "Adds, changes, lists and shows merchants.",
        subcommands: [MerchantsAdd.self, MerchantsUpdate.self, MerchantsList.self, MerchantsShow.self])
}

struct MerchantsAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Adds a merchant.",
        discussion: """
            It can do nothing before it has a provider and a key (tollgate keys create). With --webhook its signing \
            secret is printed, this once.

            Examples:
              sudo tollgate merchants add shop-1 --name "Shop One" --provider BS_PAYONE=sandbox
              sudo tollgate merchants add shop-2 --name "Shop Two" --live --provider STRIPE=stripe:17 \\
                  --webhook https://shop-2.example.com/payments
            """)

    @Argument(help: "Its id: 1 to 64 letters, digits, dots, underscores or dashes.") var id: String
    @Option(help: "Its name, for people.") var name: String
    @Flag(help: "Let real money move; else it is confined to test mode.") var live = false
    @OptionGroup var settings: MerchantOptions
    @OptionGroup var options: OperatorOptions
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let providers = try settings.providers()
        let answer = try OperatorLink(options).post("/operator/merchants/add") { writer in
            writer.member("id", id)
            writer.member("name", name)
            writer.member("live", live)
            settings.write(providers, to: &writer)
        }
        MerchantText.print(answer, done: "Added", asJSON: json)
    }
}

struct MerchantsUpdate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Changes a merchant's providers and webhook; what is not named stays.",
        discussion: """
            A new webhook gets a new signing secret, printed this once; notifications already waiting go to the new \
            address.

            Examples:
              sudo tollgate merchants update shop-1 --provider STRIPE=stripe:17 --drop-provider BS_PAYONE
              sudo tollgate merchants update shop-1 --webhook https://shop-1.example.com/payments
              sudo tollgate merchants update shop-1 --no-webhook
            """)

    @Argument(help: "The merchant's id.") var id: String
    @OptionGroup var settings: MerchantOptions
    @Option(help: "A provider it uses no more. May be given several times.") var dropProvider: [ProviderType] = []
    @Flag(name: .customLong("no-webhook"), help: "Tell it nothing any more.") var dropsWebhook = false
    @OptionGroup var options: OperatorOptions
    @Flag(help: "Print one JSON object.") var json = false

    func validate() throws {
        guard !dropsWebhook || settings.webhook == nil else {
            throw ValidationError("--webhook and --no-webhook exclude each other.")
        }
    }

    func run() throws {
        let providers = try settings.providers()
        let answer = try OperatorLink(options).post("/operator/merchants/update") { writer in
            writer.member("id", id)
            settings.write(providers, to: &writer)
            writer.name("dropProviders")
            writer.beginArray()
            for type in dropProvider {
                writer.beginObject()
                writer.member("type", type.rawValue)
                writer.endObject()
            }
            writer.endArray()
            writer.member("dropWebhook", dropsWebhook)
        }
        MerchantText.print(answer, done: "Changed", asJSON: json)
    }
}

struct MerchantsList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists merchants.",
        discussion: """
            Examples:
              tollgate merchants list
              tollgate merchants list --json | jq '.[].id'
            """)

    @OptionGroup var stateOptions: StateOptions
    @Flag(help: "Print a JSON array.") var json = false

    func run() throws {
        let merchants = try StateReader(stateOptions).latest(Merchant.self) { $0 }
        guard json else {
            for merchant in merchants { print(MerchantText.line(merchant)) }
            if merchants.isEmpty { Console.error("There are no merchants.") }
            return
        }
        var writer = JSONWriter()
        writer.beginArray()
        let now = Clock.system.milliseconds()
        for merchant in merchants { MerchantText.write(merchant, [], now: now, to: &writer) }
        writer.endArray()
        Console.output(writer.bytes)
    }
}

struct MerchantsShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows one merchant with its keys, and never a key itself.",
        discussion: """
            Example:
              tollgate merchants show shop-1
            """)

    @Argument(help: "The merchant's id.") var id: String
    @OptionGroup var stateOptions: StateOptions
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let wanted = MerchantID(id)
        let reader = try StateReader(stateOptions)
        let found = try reader.latest(Merchant.self) { $0.merchantID == wanted ? $0 : nil }
        guard let merchant = found.first else {
            throw CommandFailure("There is no merchant \(Printable.text(id)).")
        }
        let keys = try reader.latest(MerchantKey.self) { $0.merchant == wanted ? $0 : nil }
        let now = Clock.system.milliseconds()
        guard json else { return print(MerchantText.page(merchant, keys, now: now)) }
        var writer = JSONWriter()
        MerchantText.write(merchant, keys, now: now, to: &writer)
        Console.output(writer.bytes)
    }
}

/// What can be said of a merchant when it is added and afterwards.
struct MerchantOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "TYPE=sandbox, TYPE=own or STRIPE=stripe:EVENT, the event whose account is used. May be repeated.",
            valueName: "type=access"))
    var provider: [String] = []

    @Option(
        help: ArgumentHelp(
            "What clients of a provider are told, no secrets. May be repeated.", valueName: "type:name=value"))
    var setting: [String] = []

    @Option(
        help: ArgumentHelp(
            "A secret of a provider of its own, in a file. May be repeated.", valueName: "type:name=file"))
    var secret: [String] = []

    @Option(help: "Where it is told what became of payments: https://…, or http:// on this machine.")
    var webhook: String?

    /// One provider as the options state it.
    struct Provider {
        let type: String
        let access: String
        var event: String?
        var settings: [(name: String, value: String)] = []
        var secrets: [(name: String, value: String)] = []
    }

    /// - Throws: when an option cannot be read, or a secret's file.
    func providers() throws -> [Provider] {
        var providers: [Provider] = []
        for text in provider {
            guard let (type, access) = MerchantOptions.split(text, "=") else {
                throw CommandFailure("--provider \(Printable.text(text)): write TYPE=sandbox or STRIPE=stripe:EVENT.")
            }
            let event = MerchantOptions.split(access, ":")
            providers.append(Provider(type: type, access: event?.0 ?? access, event: event?.1))
        }
        for text in setting {
            try MerchantOptions.add(text, "--setting", to: &providers) { $0.settings.append(($1, $2)) }
        }
        for text in secret {
            try MerchantOptions.add(text, "--secret", to: &providers) { provider, name, file throws(CommandFailure) in
                let bytes = try SecretFile.read(file).bytes
                provider.secrets.append((name, String(decoding: bytes, as: UTF8.self)))
            }
        }
        return providers
    }

    func write(_ providers: [Provider], to writer: inout JSONWriter) {
        if let webhook { writer.member("webhook", webhook) }
        writer.name("providers")
        writer.beginArray()
        for provider in providers {
            writer.beginObject()
            writer.member("type", provider.type)
            writer.member("access", provider.access)
            if let event = provider.event { writer.member("event", event) }
            MerchantOptions.write(provider.settings, as: "settings", to: &writer)
            MerchantOptions.write(provider.secrets, as: "secrets", to: &writer)
            writer.endObject()
        }
        writer.endArray()
    }

    private static func write(
        _ pairs: [(name: String, value: String)], as name: StaticString, to writer: inout JSONWriter
    ) {
        writer.name(name)
        writer.beginArray()
        for pair in pairs {
            writer.beginObject()
            writer.member("name", pair.name)
            writer.member("value", pair.value)
            writer.endObject()
        }
        writer.endArray()
    }

    /// Reads `TYPE:name=value` and gives it to the provider of that type.
    private static func add(
        _ text: String, _ option: String, to providers: inout [Provider],
        _ body: (inout Provider, String, String) throws(CommandFailure) -> Void
    ) throws(CommandFailure) {
        guard let (left, value) = split(text, "="), let (type, name) = split(left, ":") else {
            throw CommandFailure("\(option) \(Printable.text(text)): write TYPE:name=…")
        }
        guard let index = providers.firstIndex(where: { $0.type.utf8.elementsEqual(type.utf8) }) else {
            throw CommandFailure("\(option) \(Printable.text(text)): name the provider too, --provider \(type)=…")
        }
        try body(&providers[index], name, value)
    }

    private static func split(_ text: String, _ separator: Character) -> (String, String)? {
        guard let index = text.firstIndex(of: separator) else { return nil }
        return (String(text[..<index]), String(text[text.index(after: index)...]))
    }
}

extension ProviderType: ExpressibleByArgument {}
