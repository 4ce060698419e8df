import ArgumentParser
import JSON
import Payments

/// `tollgate players`: what players own.
struct Players: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "players", abstract: "Shows what a player owns.", subcommands: [PlayersShow.self])
}

struct PlayersShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows what one player owns: the sum of all grants.",
        discussion: """
            Examples:
              tollgate players show p-77
              tollgate players show p-77 --json | jq .items
            """)

    @Argument(help: "The player's id.") var player: String
    @OptionGroup var stateOptions: StateOptions
    @OptionGroup var shopOptions: ShopOptions
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let wanted = PlayerID(player)
        let found = try StateReader(stateOptions).latest(Holdings.self) { holdings in
            holdings.player == wanted && shopOptions.match(holdings.shop, holdings.environment) ? holdings : nil
        }
        let holdings = try shopOptions.only(found, "player \(player)") { ($0.shop, $0.environment) }
        guard json else { return printText(holdings) }
        Console.output(PlayersShow.object(holdings))
    }

    private func printText(_ holdings: Holdings) {
        print("player:      \(Printable.text(holdings.player.text))")
        print("shop:        \(holdings.shop) (\(holdings.environment.rawValue))")
        print("purchases:   \(holdings.purchases)")
        for grant in holdings.items {
            print("item:        \(Printable.text(grant.item.text))  \(grant.quantity)")
        }
    }

    /// `items` is an object, item to quantity, which is how a game reads it.
    private static func object(_ holdings: Holdings) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("player", holdings.player.text)
        writer.name("items")
        writer.beginObject()
        for grant in holdings.items {
            writer.name(grant.item.text)
            writer.integer(grant.quantity)
        }
        writer.endObject()
        writer.member("purchases", holdings.purchases)
        writer.member("shop", holdings.shop.text)
        writer.member("environment", holdings.environment.rawValue)
        writer.endObject()
        return writer.bytes
    }
}
