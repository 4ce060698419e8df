import ArgumentParser
import JSON
import Payments

/// `tollgate stripe unknown`: what somebody has to look after, and how.
struct StripeUnknown: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unknown", abstract: "Lists exchanges without a known outcome and what Stripe must still be told.",
        discussion: """
            An exchange has no known outcome when the service ended, or Stripe fell silent, after the organiser's code \
            was sent. It is never sent again: Stripe ends a connection whose code comes twice. A deauthorization is \
            pending when an event was disconnected here and Stripe could not be told; the service repeats it every hour.

            The account's id is shown to root only, from the running service.

            Examples:
              sudo tollgate stripe unknown
              sudo tollgate stripe unknown --json | jq '.exchanges | length'
            """)

    @OptionGroup var options: OperatorOptions
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let found =
            if let answer = try OperatorLink(options).get("/operator/stripe/unknown") {
                StripeMatters(answer)
            } else {
                try StripeMatters(StateReader(options.stateOptions))
            }
        guard !json else {
            var writer = JSONWriter()
            found.write(to: &writer)
            return Console.output(writer.bytes)
        }
        for line in found.lines { print(line) }
    }
}
