import API
import ArgumentParser
import Payments
import Stripe

/// Where the sender's calls go, who makes them, and what is bought.
struct SendOptions: ParsableArguments {
    private static let demoURL = "https://127.0.0.1:8443"
    private static let demoCertificate = ".run/nginx/certificate.pem"

    @Option(help: "Scheme, host and port of the service. Default: the demo's in a checkout.")
    var url: String?
    @Option(help: "A PEM file of the authority to believe instead of the system's; for self-signed certificates.")
    var cacert: String?
    @Option(help: "The configuration whose keys are used.", completion: .file(extensions: ["json"]))
    var config: String?
    @Option(help: "A file with the key to use instead of a configured one.", completion: .file())
    var key: String?
    @Option(help: "How the text of that key is read: utf8, base64 or base64url.") var reading = KeyReading.utf8
    @OptionGroup var shopOptions: ShopOptions
    @Option(help: "Who buys.") var player = "rehearsal"
    @Option(help: "The transaction's id; with --count, what the ids begin with. Default: a new one.")
    var transaction: String?
    @Option(help: "What is bought: id:quantity:price of one in minor units. May be given several times.")
    var item: [SendItem] = []
    @Option(help: "Tax in minor units.") var tax: UInt32 = 0
    @Option(help: "ISO 4217.") var currency = "USD"
    @Option(help: "The alias that authorize charges.") var alias = "aliasOk0000000000000"
    @Option(help: "Milliseconds to wait for an answer.") var timeout = 30_000

    func validate() throws {
        guard (100...600_000).contains(timeout) else { throw ValidationError("--timeout must be from 100 to 600000.") }
        for (name, text) in [("player", player), ("transaction", transaction ?? "a"), ("alias", alias)] {
            if let problem = IDText.problem(with: text) { throw ValidationError("--\(name) \(problem).") }
        }
    }

    // MARK: What is bought

    func purchases(count: Int, shop: Shop?) throws -> [SendPurchase] {
        let items = (item.isEmpty ? [SendItem(product: "sword_123", quantity: 1, cents: 999)] : item).map {
            OrderItem(product: ItemID($0.product), quantity: $0.quantity, cents: $0.cents)
        }
        var order = Order(currency: currency, items: items, tax: tax)
        guard let sum = order.expectedTotal, let total = UInt32(exactly: sum) else {
            throw CommandFailure("The items and the tax are more than \(UInt32.max) minor units together.")
        }
        order.total = total
        // Short enough for every call's rules, and not to be guessed by another run.
        let name = transaction ?? "send-\(String(UInt64.random(in: .min ... .max), radix: 36))"
        return (1...count).map { number in
            SendPurchase(
                transaction: count == 1 ? name : "\(name)-\(number)", player: player, order: order, alias: alias,
                shop: shop)
        }
    }

    // MARK: Where and who

    /// The shop is nil when the key is not a configured one.
    func target(for operations: [SendOperation]) throws -> (SendTarget, Shop?) {
        let base = try self.base()
        if operations.contains(.authorize) {
            guard let key else {
                throw CommandFailure("Name a file with the merchant's secret key: --key FILE.")
            }
            let signer = SendSigner.header(name: "Secret-Key", try SecretFile.read(key))
            return (target(base, RoutePaths(), [.authorize: signer]), nil)
        }
        if let key { return (try target(base, operations, keyFile: key), nil) }
        let configuration = try OperatorOptions.configuration(config)
        let needsPurchaseKey = operations.contains(.purchase)
        let shop = try only(
            configuration.shops.filter { needsPurchaseKey ? !$0.purchaseKeys.isEmpty : !$0.egressKeys.isEmpty })
        guard let (_, signer) = SendSigner.configured(shop, isPurchase: needsPurchaseKey, configuration) else {
            throw CommandFailure("The shop has no key that is valid now.")
        }
        let signers = Dictionary(uniqueKeysWithValues: operations.map { ($0, signer) })
        return (target(base, configuration.paths, signers), shop.shop)
    }

    private func target(
        _ base: String, _ paths: RoutePaths, _ signers: [SendOperation: SendSigner]
    ) -> SendTarget {
        let isDemo = url == nil && TextFile.exists(SendOptions.demoCertificate)
        return SendTarget(
            base: base, paths: paths, signers: signers,
            authorities: cacert ?? (isDemo ? SendOptions.demoCertificate : nil), timeoutMilliseconds: timeout)
    }

    /// With a key of the caller's own, the shop in the signature is the one named with --shop.
    private func target(_ base: String, _ operations: [SendOperation], keyFile: String) throws -> SendTarget {
        let secret = try SecretFile.read(keyFile)
        if operations.contains(.purchase) {
            return target(base, RoutePaths(), [.purchase: .header(name: "x-api-key", secret)])
        }
        guard let shop = shopOptions.shop else { throw CommandFailure("Name the key's shop: --shop ID.") }
        guard let bytes = reading.keys(of: secret.bytes).first?.bytes else {
            throw CommandFailure("The key in \(keyFile) is not \(reading.rawValue).")
        }
        let signer = SendSigner.egress(HMACKey(bytes), shop: shop)
        return target(base, RoutePaths(), Dictionary(uniqueKeysWithValues: operations.map { ($0, signer) }))
    }

    private func base() throws -> String {
        guard let url else {
            guard TextFile.exists(SendOptions.demoCertificate) else {
                throw CommandFailure("Say where to: --url https://pay.example.com")
            }
            return SendOptions.demoURL
        }
        do throws(SettingError) {
            return try BaseURL(url).text
        } catch {
            throw CommandFailure("--url: \(error.message).")
        }
    }

    private func only(_ shops: [ShopKeys]) throws -> ShopKeys {
        let matching = shops.filter { shopOptions.match($0.shop.id, $0.shop.environment) }
        // A rehearsal must not sell by accident.
        let allowed = shopOptions.environment == nil ? matching.filter { $0.shop.environment == .test } : matching
        if allowed.isEmpty, !matching.isEmpty {
            throw CommandFailure(
                "Only a PRODUCTION shop has such a key, and every call would be a real sale. If that is what you want, "
                    + "say --environment PRODUCTION.")
        }
        return try shopOptions.only(allowed, "shop with such a key") { ($0.shop.id, $0.shop.environment) }
    }
}
