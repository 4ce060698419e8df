import API
import JSON
import Payments

/// Reads and checks a whole configuration, secrets included.
struct ConfigurationReader {
    private var configuration = Configuration()
    private var secrets: SecretFiles

    /// - Throws: the first thing that is wrong, with its place.
    static func read(_ file: String, _ supply: SecretSupply) throws(ConfigurationError) -> Configuration {
        try read(try ConfigurationSource(file: file), supply)
    }

    /// As above, for a file that was read already.
    static func read(
        _ source: ConfigurationSource, _ supply: SecretSupply
    ) throws(ConfigurationError) -> Configuration {
        var reader = ConfigurationReader(secrets: SecretFiles(source: source, supply: supply))
        try reader.readAll(try source.parse(), source)
        return reader.configuration
    }

    /// The state's folder alone, for commands that only read: they need no secret to be there.
    ///
    /// - Throws: when the file is no configuration.
    static func state(_ file: String) throws(ConfigurationError) -> String {
        let source = try ConfigurationSource(file: file)
        let top = try ConfigurationObject(try source.parse(), path: "", in: source, keys: topKeys)
        return try top.path("state") ?? Configuration().state
    }

    /// The operator's socket alone, for the commands that ask the service; nil when there is none in the file.
    ///
    /// - Throws: when the file is no configuration.
    static func adminSocket(_ file: String) throws(ConfigurationError) -> String? {
        let source = try ConfigurationSource(file: file)
        let top = try ConfigurationObject(try source.parse(), path: "", in: source, keys: topKeys)
        return try top.object("admin", keys: ["socket", "mode", "group"])?.path("socket")
    }

    private init(secrets: SecretFiles) {
        self.secrets = secrets
    }

    private static let topKeys: [StaticString] = [
        "demo", "state", "listen", "admin", "log", "limits", "stash", "stripe", "sealing", "merchants",
    ]

    private mutating func readAll(
        _ root: JSONValue, _ source: ConfigurationSource
    ) throws(ConfigurationError) {
        let top = try ConfigurationObject(
            root, path: "", in: source, keys: ConfigurationReader.topKeys)
        configuration.isDemo = try top.boolean("demo") ?? false
        secrets.acceptsSamples = configuration.isDemo
        configuration.state = try top.path("state") ?? configuration.state
        configuration.listen = try socket(top, "listen", mode: 0o660)
        configuration.admin = try socket(top, "admin", mode: 0o600)
        if let log = try top.object("log", keys: ["access"]) {
            configuration.logsAccess = try log.boolean("access") ?? true
        }
        if let limits = try top.object("limits", keys: ["bodyBytes"]) {
            configuration.maximumBodyBytes =
                try limits.integer("bodyBytes", in: 1024...1_048_576).map { Int($0) } ?? configuration.maximumBodyBytes
        }
        if let stash = try top.object("stash", keys: ["apiKeyHeader", "paths", "shops"]) { try readStash(stash) }
        let sealing = try SealingSettings.read(top, &secrets)
        configuration.stripe = try StripeSettings(top, source, sealing: sealing, &secrets, &configuration.warnings)
        configuration.merchants = try MerchantSettings(
            top, sealing: sealing, isDemo: configuration.isDemo, &secrets)
        if configuration.shops.isEmpty { configuration.warnings.append("there are no shops: every call gets 401") }
        configuration.warnings += secrets.warnings
        configuration.secretFiles = secrets.files
    }

    private func socket(
        _ parent: ConfigurationObject, _ key: StaticString, mode: UInt32
    ) throws(ConfigurationError) -> Configuration.SocketSettings? {
        guard let object = try parent.object(key, keys: ["socket", "mode", "group"]) else { return nil }
        guard let path = try object.path("socket") else { throw object.fault("\"\(key).socket\" is missing") }
        // sun_path of unix(7) holds 108 bytes with its end.
        guard path.utf8.count <= 107 else {
            throw object.fault(at: "socket", "a socket's path must not be longer than 107 bytes")
        }
        var settings = Configuration.SocketSettings(path: path, mode: mode, group: try object.string("group"))
        if let group = settings.group, !SystemGroup.exists(group) {
            throw object.fault(at: "group", "there is no group \"\(group)\" on this machine")
        }
        if let text = try object.string("mode") {
            guard let bits = UInt32(text, radix: 8), bits <= 0o777 else {
                throw object.fault(at: "mode", "\"\(key).mode\" must be octal permission bits such as \"0660\"")
            }
            settings.mode = bits
        }
        return settings
    }

    // MARK: Stash

    private mutating func readStash(_ stash: ConfigurationObject) throws(ConfigurationError) {
        if let header = try stash.string("apiKeyHeader") {
            // 57 and HTTP_ make the longest name the server looks for.
            guard header.utf8.count <= 57, header.utf8.allSatisfy({ $0.isHeaderNameByte }) else {
                throw stash.fault(
                    at: "apiKeyHeader",
                    "a header's name is made of at most 57 letters, digits and dashes (nginx drops underscores)")
            }
            configuration.apiKeyParameter = "HTTP_" + header.uppercased().replacing("-", with: "_")
        }
        if let paths = try stash.object("paths", keys: ["purchase", "register", "confirm", "cancel"]) {
            try readPaths(paths)
        }
        var seen: Set<String> = []
        for shop in try stash.objects("shops", keys: ConfigurationReader.shopKeys) {
            let keys = try readShop(shop)
            guard seen.insert("\(keys.shop.environment.rawValue)/\(keys.shop.id.text)").inserted else {
                throw shop.fault(
                    "shop \"\(keys.shop.id)\" is there twice in \(keys.shop.environment.rawValue); join its keys"
                )
            }
            configuration.shops.append(keys)
        }
    }

    private mutating func readPaths(_ paths: ConfigurationObject) throws(ConfigurationError) {
        configuration.paths.purchase =
            try pattern(paths, "purchase", parameters: 1) ?? configuration.paths.purchase
        configuration.paths.register =
            try pattern(paths, "register", parameters: 0) ?? configuration.paths.register
        configuration.paths.confirm = try pattern(paths, "confirm", parameters: 0) ?? configuration.paths.confirm
        configuration.paths.cancel = try pattern(paths, "cancel", parameters: 0) ?? configuration.paths.cancel
        let all = configuration.paths
        let patterns = [all.purchase, all.register, all.confirm, all.cancel]
        for (index, pattern) in patterns.enumerated() {
            if let other = patterns[..<index].first(where: pattern.overlaps) {
                throw paths.fault("a request could be for both \"\(other)\" and \"\(pattern)\"; make them differ")
            }
        }
    }

    private func pattern(
        _ paths: ConfigurationObject, _ key: StaticString, parameters: Int
    ) throws(ConfigurationError) -> PathPattern? {
        guard let text = try paths.string(key) else { return nil }
        let pattern = PathPattern(text)
        guard text.hasPrefix("/"), pattern.parameterCount == parameters, pattern.isReachable else {
            let example = parameters == 1 ? "/purchase/{player_id}" : "/api/v1/purchase/\(key)"
            throw paths.fault(
                at: key, "\"\(key)\" must be a plain path such as \"\(example)\", without //, dots or escapes")
        }
        return pattern
    }

    private static let shopKeys: [StaticString] = [
        "id", "environment", "purchaseKeys", "egressKeys", "legacySignature", "confirmWithoutRegister", "totalCheck",
        "reservationMinutes", "extraItems",
    ]

    private mutating func readShop(_ object: ConfigurationObject) throws(ConfigurationError) -> ShopKeys {
        let id = try object.requiredString("id")
        // The id is compared with a header's third part and stands in document ids before a slash.
        guard id.utf8.count <= 64, id.utf8.allSatisfy({ $0.isHeaderNameByte }) else {
            throw object.fault(at: "id", "a shop's id is made of letters, digits and dashes")
        }
        guard let environment = try object.choice("environment", of: PaymentEnvironment.self) else {
            throw object.fault("\"environment\" is missing; write \"TEST\" or \"PRODUCTION\"")
        }
        let shop = Shop(id: ShopID(id), environment: environment, policy: try policy(object))
        var purchaseKeys: [PurchaseAPIKey] = []
        for key in try object.objects("purchaseKeys", keys: ["name", "file", "validFrom", "validUntil"]) {
            let name = try uniqueName(of: key, among: purchaseKeys.map(\.name))
            purchaseKeys.append(
                PurchaseAPIKey(
                    name: name, secret: try purchaseSecret(key, of: shop), validity: try validity(key)))
        }
        var egressKeys: [EgressKey] = []
        for key in try object.objects("egressKeys", keys: ["name", "file", "reading", "validFrom", "validUntil"]) {
            let name = try uniqueName(of: key, among: egressKeys.map(\.name))
            egressKeys.append(try egressKey(key, named: name, of: shop))
        }
        if purchaseKeys.isEmpty && egressKeys.isEmpty {
            configuration.warnings.append("shop \(id) in \(environment.rawValue) has no keys: all its calls get 401")
        }
        return ShopKeys(
            shop: shop, purchaseKeys: purchaseKeys, egressKeys: egressKeys,
            acceptsLegacySignature: try object.boolean("legacySignature") ?? true)
    }

    /// A name stands for one key in the log and in the records.
    private func uniqueName(of key: ConfigurationObject, among names: [String]) throws(ConfigurationError) -> String {
        let name = try key.requiredString("name")
        guard !names.contains(name) else {
            throw key.fault(at: "name", "another key of this shop is named \"\(name)\"; name them apart")
        }
        return name
    }

    /// A key that can stand in a header as it is.
    private mutating func purchaseSecret(
        _ key: ConfigurationObject, of shop: Shop
    ) throws(ConfigurationError) -> Secret {
        let secret = try secrets.read(key, of: shop)
        guard secret.bytes.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ",") }) else {
            throw key.fault(
                at: "file", "a purchase key is sent in a header: printable ASCII without spaces and commas only")
        }
        return secret
    }

    private mutating func egressKey(
        _ object: ConfigurationObject, named name: String, of shop: Shop
    ) throws(ConfigurationError) -> EgressKey {
        let reading = try object.choice("reading", of: KeyReading.self) ?? .auto
        let key = EgressKey(
            name: name, secret: try secrets.read(object, of: shop), reading: reading, validity: try validity(object))
        guard !key.keys.isEmpty else {
            throw object.fault(at: "reading", "the secret of key \"\(name)\" is not \(reading.rawValue)")
        }
        return key
    }

    private func validity(_ key: ConfigurationObject) throws(ConfigurationError) -> KeyValidity {
        let validity = KeyValidity(from: try time(key, "validFrom"), until: try time(key, "validUntil"))
        if let from = validity.from, let until = validity.until, from >= until {
            throw key.fault(at: "validUntil", "\"validUntil\" must be later than \"validFrom\"")
        }
        return validity
    }

    private func time(_ key: ConfigurationObject, _ name: StaticString) throws(ConfigurationError) -> Int64? {
        guard let text = try key.string(name) else { return nil }
        guard let time = UTCTime.milliseconds(text) else {
            throw key.fault(
                at: name, "\"\(name)\" must be a time in UTC such as \"2027-01-31T00:00:00Z\", or a day \"2027-01-31\"")
        }
        return time
    }

    private func policy(_ object: ConfigurationObject) throws(ConfigurationError) -> ShopPolicy {
        var policy = ShopPolicy()
        policy.confirmsWithoutRegister =
            try object.boolean("confirmWithoutRegister") ?? policy.confirmsWithoutRegister
        policy.totalCheck = try object.choice("totalCheck", of: ShopPolicy.TotalCheck.self) ?? policy.totalCheck
        if let minutes = try object.integer("reservationMinutes", in: 1...10_080) {
            policy.reservationMilliseconds = minutes * 60_000
        }
        let keys: [StaticString] = ["inGameCurrency", "loyaltyPoints", "loyaltyCredits"]
        if let extra = try object.object("extraItems", keys: keys) {
            let items = policy.extraItems
            policy.extraItems.inGameCurrency = try item(extra, "inGameCurrency") ?? items.inGameCurrency
            policy.extraItems.loyaltyPoints = try item(extra, "loyaltyPoints") ?? items.loyaltyPoints
            policy.extraItems.loyaltyCredits = try item(extra, "loyaltyCredits") ?? items.loyaltyCredits
        }
        return policy
    }

    private func item(_ object: ConfigurationObject, _ key: StaticString) throws(ConfigurationError) -> ItemID? {
        guard let text = try object.string(key) else { return nil }
        if let problem = IDText.problem(with: text) { throw object.fault(at: key, "\"\(key)\" \(problem)") }
        return ItemID(text)
    }
}

extension UInt8 {
    /// A letter, a digit or a dash.
    fileprivate var isHeaderNameByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
