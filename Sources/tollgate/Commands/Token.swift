import API
import ArgumentParser
import Payments

/// `tollgate token`: what Open Event would have given a user who logs in.
struct Token: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Makes a user's token, as Open Event would: for the demo and for trying things out.",
        discussion: """
            Signs it with the secret the configuration names (stripe.tokens), so whoever may read that can be any user. \
            Give it to nobody.

            Example:
              curl -H "Authorization: JWT $(tollgate token --user 1)" https://pay.example.com/v1/events/1/stripe-authorization
            """)

    @Option(help: "The user's id, as the events' file has it.")
    var user: Int64

    @Option(help: "How long it is valid, in hours.")
    var hours: Int64 = 24

    @Option(help: "The configuration file.", completion: .file(extensions: ["json"]))
    var config = StateOptions.defaultConfiguration

    func validate() throws {
        guard user > 0 else { throw ValidationError("--user must be greater than 0") }
        guard (1...8760).contains(hours) else { throw ValidationError("--hours must be from 1 to 8760") }
    }

    func run() throws {
        guard let stripe = try Configuration.load(config).stripe else {
            throw CommandFailure("\(config): there is no \"stripe\", so there are no users to make tokens for")
        }
        guard stripe.events.user(UserID(user)) != nil else {
            throw CommandFailure("the events' file knows no user \(user)")
        }
        let signer = UserTokenSigner(secret: stripe.tokenSecret, clock: .system)
        print(signer.token(user: user, lifeSeconds: hours * 3600))
    }
}
