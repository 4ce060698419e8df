import ArgumentParser

@main
struct Tollgate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tollgate",
        abstract: "Authorizes and confirms purchases behind nginx, and grants each exactly once.",
        discussion: """
            Examples:
              tollgate check                           is the configuration right?
              tollgate purchases list --player p-77    what did this player buy?
              tollgate players show p-77 --json        what does this player own?
              tollgate verify                          is every record whole?

            The commands that read never write, and may be used while the service runs.
            """,
        version: Version.text,
        subcommands: [
            Serve.self, Check.self, Reload.self, Doctor.self, Metrics.self,
            Purchases.self, Players.self,
            Merchants.self, Keys.self, Aliases.self, Authorizations.self, Deliveries.self, Sandbox.self,
            Explain.self, VerifySignature.self, Send.self,
            Export.self, Status.self, Verify.self, Token.self, StripeCommand.self,
            Compact.self, Backup.self, Restore.self,
        ])
}

enum Version {
    static let text = "0.1.0"
    /// 2026-11-01, milliseconds since the Unix epoch. A clock before this is wrong, and would refuse or accept
    /// signatures by a wrong time.
    static let builtAfter: Int64 = 1_793_491_200_000
}
