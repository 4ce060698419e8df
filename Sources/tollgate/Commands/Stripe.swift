import ArgumentParser
import JSON
import Payments

/// `tollgate stripe`: organisers' accounts at Stripe; never a code, a token or a key.
struct StripeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stripe", abstract: "Shows the connections to Stripe, and what somebody has to look after.",
        discussion: """
            Examples:
              tollgate stripe list                     which events are connected?
              tollgate stripe show 7                   when, by whom, and sealed with which key?
              sudo tollgate stripe unknown             what has no known end, and what to do about it?
              sudo tollgate stripe rotate-key          seal everything with the new key
            """,
        subcommands: [
            StripeList.self, StripeShow.self, StripeUnknown.self, StripeSettle.self, StripeRetry.self,
            StripeRotateKey.self,
        ])
}

struct StripeList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists every authorization there ever was, the ended ones too.",
        discussion: """
            Only reads the state, and shows no secret of it.

            Examples:
              tollgate stripe list
              tollgate stripe list --json | jq '.[] | select(.state == "present") | .event'
            """)

    @OptionGroup var stateOptions: StateOptions
    @Flag(help: "Print a JSON array.") var json = false

    func run() throws {
        let found = try StateReader(stateOptions).latest(StripeAuthorization.self) { $0 }
            .sorted { $0.number < $1.number }
        guard json else {
            if found.isEmpty { Console.error("No event was ever connected to Stripe.") }
            return TextTable(
                ["ID", "EVENT", "MODE", "STATE", "CONNECTED", "BY USER", "ENDED"], found.map(StripeText.row)
            ).print()
        }
        var writer = JSONWriter()
        writer.beginArray()
        for authorization in found { StripeText.write(authorization, to: &writer) }
        writer.endArray()
        Console.output(writer.bytes)
    }
}

struct StripeShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows one authorization, without its secrets.",
        discussion: """
            The id is the one of /v1/stripe-authorizations. Only reads the state.

            Examples:
              tollgate stripe show 7
              tollgate stripe show 7 --json | jq .sealedWith
            """)

    @Argument(help: "The authorization's id.") var id: Int64
    @OptionGroup var stateOptions: StateOptions
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let reader = try StateReader(stateOptions)
        let wanted = StripeAuthorizationID(id)
        let found = try reader.latest(StripeAuthorization.self) { $0.number == wanted ? $0 : nil }
        guard let authorization = found.first else { throw CommandFailure("There is no authorization \(id).") }
        let account = try reader.latest(StripeAccount.self) { account in
            account.digest.hasSameBytes(as: authorization.account) ? account : nil
        }.first
        guard json else {
            for line in StripeText.page(authorization, account) { print(line) }
            return
        }
        var writer = JSONWriter()
        StripeText.write(authorization, to: &writer)
        Console.output(writer.bytes)
    }
}
