import ArgumentParser
import JSON
import Payments

/// `tollgate deliveries`: notifications to merchants.
struct Deliveries: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries", abstract: "Lists notifications to merchants, and tries them again.",
        subcommands: [DeliveriesList.self, DeliveriesRetry.self])
}

struct DeliveriesList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists notifications, the newest last.",
        discussion: """
            One that no attempt could deliver is dead; tollgate deliveries retry begins again.

            Examples:
              tollgate deliveries list --status dead
              tollgate deliveries list --merchant shop-1 --json
            """)

    @OptionGroup var stateOptions: StateOptions
    @Option(help: "Only this merchant's.") var merchant: String?
    @Option(name: .customLong("status"), help: "Only those that are waiting, delivered or dead.")
    var status: Delivery.State?
    @Option(help: "At most so many, the newest.") var limit = 100
    @Flag(help: "Print a JSON array of the stored documents.") var json = false

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit must be greater than 0.") }
    }

    func run() throws {
        let wanted = merchant.map { MerchantID($0) }
        let found = try StateReader(stateOptions).latest(Delivery.self) { delivery in
            (wanted == nil || wanted == delivery.merchant) && (status == nil || status == delivery.state)
                ? delivery : nil
        }.suffix(limit)
        guard json else {
            for delivery in found { print(DeliveriesList.line(delivery)) }
            if found.isEmpty { Console.error("No notification matches.") }
            return
        }
        var writer = JSONWriter()
        writer.beginArray()
        for delivery in found { delivery.write(to: &writer) }
        writer.endArray()
        Console.output(writer.bytes)
    }

    private static func line(_ delivery: Delivery) -> String {
        let news = delivery.news
        return [
            Moment.text(news.created), delivery.state.rawValue, delivery.id.text, delivery.merchant.text,
            "\(news.action.rawValue) \(news.status.rawValue)", "\(delivery.attempts) tried",
            delivery.next.map { "next \(Moment.text($0))" } ?? "-", Printable.text(delivery.lastAnswer ?? "-"),
        ].joined(separator: "  ")
    }
}

struct DeliveriesRetry: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Tries notifications again from the beginning.",
        discussion: """
            Merchants recognise one they have had by its webhook-id.

            Examples:
              sudo tollgate deliveries retry kD93mfT0aQ1LxZ77bVcP-0-SUCCESS
              sudo tollgate deliveries retry --dead --merchant shop-1
            """)

    @Argument(help: "Notifications' ids, as list shows them.") var ids: [String] = []
    @Flag(help: "All dead ones.") var dead = false
    @Option(help: "With --dead: only this merchant's.") var merchant: String?
    @OptionGroup var options: OperatorOptions
    @Flag(help: "Print a JSON array.") var json = false

    func validate() throws {
        guard ids.isEmpty == dead else { throw ValidationError("Name notifications, or say --dead.") }
    }

    func run() throws {
        let link = try OperatorLink(options)
        var writer = JSONWriter()
        writer.beginArray()
        let wanted = try dead ? deadIDs() : ids
        for id in wanted {
            let answer = try link.post("/operator/deliveries/retry") { $0.member("id", id) }
            writer.value(answer)
            if !json { print("\(Printable.text(id)) is tried again.") }
        }
        writer.endArray()
        if json { Console.output(writer.bytes) }
        if wanted.isEmpty, !json { Console.error("There are no dead notifications.") }
    }

    private func deadIDs() throws -> [String] {
        let wanted = merchant.map { MerchantID($0) }
        return try StateReader(options.stateOptions).latest(Delivery.self) { delivery in
            delivery.state == .dead && (wanted == nil || wanted == delivery.merchant) ? delivery.id.text : nil
        }
    }
}

extension Delivery.State: ExpressibleByArgument {}
