import ArgumentParser
import JSON
import Payments

/// `tollgate keys`: the keys callers prove themselves with; never the keys themselves.
struct Keys: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes, lists and deactivates keys.",
        subcommands: [KeysList.self, KeysCreate.self, KeysDeactivate.self])
}

struct KeysList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists keys, and never a key itself.",
        discussion: """
            Examples:
              sudo tollgate keys list
              sudo tollgate keys list --merchant shop-1 --json
            """)

    @OptionGroup var stateOptions: StateOptions
    @Option(help: "Only this merchant's.") var merchant: String?
    @Flag(help: "Print a JSON array.") var json = false

    func run() throws {
        let now = Clock.system.milliseconds()
        let wanted = merchant.map { MerchantID($0) }
        let keys = try StateReader(stateOptions).latest(MerchantKey.self) { key in
            wanted == nil || wanted == key.merchant ? key : nil
        }
        guard json else {
            for key in keys { print(MerchantKeyText.line(key, now: now)) }
            if keys.isEmpty { Console.error("There are no keys.") }
            return
        }
        var writer = JSONWriter()
        writer.beginArray()
        for key in keys { MerchantKeyText.write(key, to: &writer) }
        writer.endArray()
        Console.output(writer.bytes)
    }
}
