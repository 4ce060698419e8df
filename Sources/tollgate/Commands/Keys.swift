import API
import ArgumentParser
import JSON
import Payments

/// `tollgate keys`: the keys callers prove themselves with; never the keys themselves.
struct Keys: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Lists the keys of shops and merchants, and makes and deactivates merchants'.",
        subcommands: [KeysList.self, KeysCreate.self, KeysDeactivate.self])
}

struct KeysList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists every key of shops and merchants, and never a key itself.",
        discussion: """
            A shop's key is as old as the first start or reload that had it. The last use is a day, in UTC; the service \
            writes it within the hour. Reads the secrets' files, so run it as root; with --merchant only the state.

            Examples:
              sudo tollgate keys list
              tollgate keys list --merchant shop-1
              sudo tollgate keys list --json | jq '.[] | select(.state != "valid")'
            """)

    @OptionGroup var options: OperatorOptions
    @Option(help: "Only this merchant's.") var merchant: String?
    @Flag(help: "Print a JSON array.") var json = false

    func run() throws {
        let now = Clock.system.milliseconds()
        let reader = try StateReader(options.stateOptions)
        let keys = try merchant == nil ? shopKeys(reader) : []
        let wanted = merchant.map { MerchantID($0) }
        let merchantKeys = try reader.latest(MerchantKey.self) { wanted == nil || wanted == $0.merchant ? $0 : nil }
        guard json else {
            if keys.isEmpty, merchantKeys.isEmpty { Console.error("There are no keys.") }
            return TextTable(
                ["KEY", "PURPOSE", "SHOP OR MERCHANT", "STATE", "AGE", "LAST USED", "VALID FROM", "VALID UNTIL"],
                keys.map { $0.row(now) } + merchantKeys.map { MerchantKeyText.row($0, now) }
            ).print()
        }
        var writer = JSONWriter()
        writer.beginArray()
        for key in keys { key.write(to: &writer, now) }
        for key in merchantKeys { MerchantKeyText.write(key, now, to: &writer) }
        writer.endArray()
        Console.output(writer.bytes)
    }

    private func shopKeys(_ reader: StateReader) throws -> [ListedKey] {
        let records = try reader.latest(KeyRecord.self) { $0 }
        return try options.configuration().shops.flatMap { shop in
            shop.purchaseKeys.map { ListedKey(shop.shop, .purchase, $0.name, $0.validity, records) }
                + shop.egressKeys.map { ListedKey(shop.shop, .egress, $0.name, $0.validity, records) }
        }
    }
}

/// A configured key and what is remembered of it.
private struct ListedKey {
    private let name: KeyName
    private let validity: KeyValidity
    private let record: KeyRecord?

    init(
        _ shop: Shop, _ purpose: KeyName.Purpose, _ name: String, _ validity: KeyValidity, _ records: [KeyRecord]
    ) {
        let name = KeyName(shop, purpose, name)
        self.name = name
        self.validity = validity
        record = records.first { $0.key == name }
    }

    func row(_ now: Int64) -> [String] {
        [
            Printable.text(name.name.text), name.purpose.rawValue, "\(name.shop) (\(name.environment.rawValue))",
            state(now), record.map { "\(days(since: $0.firstSeen, now)) d" } ?? "new",
            record?.lastUsed.map(ListedKey.day) ?? "never", validity.from.map(Moment.text) ?? "-",
            validity.until.map(Moment.text) ?? "-",
        ]
    }

    func write(to writer: inout JSONWriter, _ now: Int64) {
        writer.beginObject()
        writer.member("key", name.name.text)
        writer.member("purpose", name.purpose.rawValue)
        writer.member("shop", name.shop.text)
        writer.member("environment", name.environment.rawValue)
        writer.member("state", state(now))
        if let record { writer.member("ageDays", days(since: record.firstSeen, now)) }
        if let lastUsed = record?.lastUsed { writer.member("lastUsed", ListedKey.day(lastUsed)) }
        if let from = validity.from { writer.member("validFrom", Moment.text(from)) }
        if let until = validity.until { writer.member("validUntil", Moment.text(until)) }
        writer.endObject()
    }

    private func state(_ now: Int64) -> String {
        if let from = validity.from, now < from { return "not yet valid" }
        if let until = validity.until, now >= until { return "expired" }
        return "valid"
    }

    private func days(since time: Int64, _ now: Int64) -> Int64 {
        max(0, now - time) / UTCTime.dayMilliseconds
    }

    private static func day(_ time: Int64) -> String {
        String(Moment.text(time).prefix(10))
    }
}
