import API
import ArgumentParser
import Payments
import Storage

/// `tollgate explain`: why a transaction was decided as it was.
struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Explains a decision: each rule, what it looked at, and its verdict.",
        discussion: """
            Shows who called and by which key, how far the clocks were apart, what was checked, what was granted and \
            what the player holds now. A request that was refused leaves no record; its reason is in the journal: \
            journalctl -u tollgate -g ID

            Examples:
              tollgate explain abc123
              tollgate explain order-1 --shop 0f8fad5b-d9cb-469f-a165-70867728950e --environment TEST
              tollgate explain kD93mfT0aQ1LxZ77bVcP
              tollgate explain order-1 --json | jq '.steps[] | select(.verdict != "passed")'
            """)

    @Argument(help: "A purchase's transaction id, or a merchant's payment id.") var id: String
    @OptionGroup var stateOptions: StateOptions
    @OptionGroup var shopOptions: ShopOptions
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let wanted = TransactionID(id)
        let reader = try StateReader(stateOptions)
        let found = try reader.versions(Purchase.self) { purchase in
            purchase.purchaseKey.transaction == wanted
                && shopOptions.match(purchase.purchaseKey.shop, purchase.purchaseKey.environment)
        }
        guard !found.isEmpty else { return try explainPayment(in: reader) }
        let versions = try shopOptions.only(found, "purchase \(id)") {
            let key = $0.latest.purchaseKey
            return (key.shop, key.environment)
        }
        let purchase = versions.latest
        show(
            PurchaseExplanation(
                purchase: purchase, versions: versions.all, holdings: try holdings(of: purchase, in: reader),
                policy: policy(of: purchase), now: Clock.system.milliseconds()
            ).explanation)
    }

    private func show(_ explanation: Explanation) {
        if json { return Console.output(explanation.json) }
        print(explanation.text)
    }

    private func explainPayment(in reader: StateReader) throws {
        let wanted = PaymentID(id)
        guard let versions = try reader.versions(Payment.self, { $0.paymentID == wanted }).first else { throw notFound }
        show(
            PaymentExplanation(
                payment: versions.latest, positions: versions.all.map(\.sequence), now: Clock.system.milliseconds()
            ).explanation)
    }

    private var notFound: CommandFailure {
        CommandFailure(
            """
            There is no purchase and no payment \(Printable.text(id)).
            A request that was refused changed nothing and left no record; the log says why: journalctl -u tollgate -g \
            \(Printable.text(id))
            """)
    }

    private func holdings(of purchase: Purchase, in reader: StateReader) throws -> Holdings? {
        let key = purchase.purchaseKey
        return try reader.latest(Holdings.self) { holdings in
            let isTheirs =
                holdings.player == purchase.player && holdings.shop == key.shop
                && holdings.environment == key.environment
            return isTheirs ? holdings : nil
        }.first
    }

    /// nil when the configuration or its secrets cannot be read, which an explanation can do without.
    private func policy(of purchase: Purchase) -> ShopPolicy? {
        guard let configuration = try? OperatorOptions.configuration(for: stateOptions) else { return nil }
        let key = purchase.purchaseKey
        return configuration.shops.first { $0.shop.id == key.shop && $0.shop.environment == key.environment }?.shop
            .policy
    }
}
