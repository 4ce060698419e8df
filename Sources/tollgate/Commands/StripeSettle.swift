import ArgumentParser
import JSON

/// `tollgate stripe settle`: takes off the list what the operator has dealt with.
struct StripeSettle: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settle", abstract: "Takes off the list of stripe unknown what you have dealt with.",
        discussion: """
            Nothing is sent to Stripe. The code of a settled exchange is refused for ever, as before.

            Examples:
              sudo tollgate stripe settle exchange 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
              sudo tollgate stripe settle deauthorization 7
            """,
        subcommands: [StripeSettleExchange.self, StripeSettleDeauthorization.self])
}

struct StripeSettleExchange: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exchange", abstract: "Settles an exchange without a known outcome.",
        discussion: """
            First look in Stripe's dashboard whether it connected an account that no event uses, and disconnect that.

            Example:
              sudo tollgate stripe settle exchange 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
            """)

    @Argument(help: "Its 64 digits, as stripe unknown shows them.") var exchange: String
    @OptionGroup var options: OperatorOptions
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let answer = try OperatorLink(options).post("/operator/stripe/settle") { $0.member("exchange", exchange) }
        if json { return Console.output(Array(answer.bytes)) }
        print("Settled: the exchange of event \(answer["event"]?.integer ?? 0).")
    }
}

struct StripeSettleDeauthorization: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deauthorization", abstract: "Settles a deauthorization that you did in Stripe's dashboard.",
        discussion: """
            The account's id is forgotten here, so Stripe will not be told any more.

            Example:
              sudo tollgate stripe settle deauthorization 7
            """)

    @Argument(help: "The authorization's id, as stripe unknown shows it.") var authorization: Int64
    @OptionGroup var options: OperatorOptions
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let answer = try OperatorLink(options).post("/operator/stripe/settle") {
            $0.member("deauthorization", authorization)
        }
        if json { return Console.output(Array(answer.bytes)) }
        print("Settled: the deauthorization of \(authorization).")
    }
}
