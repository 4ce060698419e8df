import ArgumentParser
import JSON

/// `tollgate stripe retry`: tells Stripe now what it could not be told before.
struct StripeRetry: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Tells Stripe now to let go of the accounts that nothing uses any more.",
        discussion: """
            The service does this at its start and every hour. An account Stripe does not know as connected counts as \
            done. Exits with 1 when some are left; tollgate stripe unknown lists them. Exchanges are never repeated.

            Example:
              sudo tollgate stripe retry
            """)

    @OptionGroup var options: OperatorOptions
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let answer = try OperatorLink(options).post("/operator/stripe/retry")
        let left = answer["left"]?.integer ?? 0
        if json {
            Console.output(Array(answer.bytes))
        } else {
            print("\(answer["done"]?.integer ?? 0) done, \(left) left.")
        }
        if left > 0 { throw ExitCode.failure }
    }
}
