import ArgumentParser
import JSON
import Payments

/// `tollgate purchases`: what was bought, and what became of it.
struct Purchases: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purchases", abstract: "Lists and shows purchases.",
        subcommands: [PurchasesList.self, PurchasesShow.self])
}

struct PurchasesList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists purchases, the newest last.",
        discussion: """
            Examples:
              tollgate purchases list --player p-77
              tollgate purchases list --status registered --limit 20
              tollgate purchases list --json | jq '.[].transaction'
            """)

    @OptionGroup var stateOptions: StateOptions
    @OptionGroup var shopOptions: ShopOptions
    @Option(help: "Only this player's.") var player: String?
    @Option(name: .customLong("status"), help: "Only those registered, expired, confirmed or cancelled.")
    var status: PurchaseStatus?
    @Option(help: "At most so many, the newest.") var limit = 100
    @Flag(help: "Print a JSON array of the stored documents.") var json = false

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit must be greater than 0.") }
    }

    func run() throws {
        let now = Clock.system.milliseconds()
        let found = try StateReader(stateOptions).latest(Purchase.self) { purchase in
            matches(purchase, now) ? purchase : nil
        }.suffix(limit)
        if json {
            var writer = JSONWriter()
            writer.beginArray()
            for purchase in found { purchase.write(to: &writer) }
            writer.endArray()
            return Console.output(writer.bytes)
        }
        for purchase in found { print(PurchaseText.line(purchase, now: now)) }
        if found.isEmpty { Console.error("No purchase matches.") }
    }

    private func matches(_ purchase: Purchase, _ now: Int64) -> Bool {
        if let player, purchase.player != PlayerID(player) { return false }
        if let status, status != PurchaseStatus(purchase, now: now) { return false }
        return shopOptions.match(purchase.purchaseKey.shop, purchase.purchaseKey.environment)
    }
}

struct PurchasesShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows one purchase.",
        discussion: """
            Example:
              tollgate purchases show abc123
            """)

    @Argument(help: "The transaction's id.") var transaction: String
    @OptionGroup var stateOptions: StateOptions
    @OptionGroup var shopOptions: ShopOptions
    @Flag(help: "Print the stored document.") var json = false

    func run() throws {
        let wanted = TransactionID(transaction)
        let found = try StateReader(stateOptions).latest(Purchase.self) { purchase in
            purchase.purchaseKey.transaction == wanted
                && shopOptions.match(purchase.purchaseKey.shop, purchase.purchaseKey.environment) ? purchase : nil
        }
        let purchase = try shopOptions.only(found, "purchase \(transaction)") {
            ($0.purchaseKey.shop, $0.purchaseKey.environment)
        }
        guard json else { return print(PurchaseText.page(purchase, now: Clock.system.milliseconds())) }
        var writer = JSONWriter()
        purchase.write(to: &writer)
        Console.output(writer.bytes)
    }
}

/// A purchase's state as an operator sees it: a registration whose time is over is expired.
enum PurchaseStatus: String, ExpressibleByArgument, CaseIterable {
    case registered, expired, confirmed, cancelled

    init(_ purchase: Purchase, now: Int64) {
        switch purchase.state {
        case .registered: self = purchase.isExpired(at: now) ? .expired : .registered
        case .confirmed: self = .confirmed
        case .cancelled, .neverRegistered: self = .cancelled
        }
    }
}
