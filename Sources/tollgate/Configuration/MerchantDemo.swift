import JSON
import Payments

/// The demo's merchants, with keys and aliases that everybody knows: a file the demo's configuration names.
struct DemoMerchants {
    let merchants: [DemoMerchant]

    /// - Throws: what is wrong with the file, and where.
    init(file: String) throws(ConfigurationError) {
        let source = try ConfigurationSource(file: file)
        let top = try ConfigurationObject(try source.parse(), path: "", in: source, keys: ["merchants"])
        var merchants: [DemoMerchant] = []
        for object in try top.objects("merchants", keys: ["id", "name", "providers", "keys", "aliases"]) {
            merchants.append(try DemoMerchant(object))
        }
        self.merchants = merchants
    }
}

struct DemoMerchant {
    let id: MerchantID
    let name: String
    /// All stand for the sandbox.
    let providers: [ProviderType]
    let keys: [Key]
    let aliases: [DemoAlias]

    struct Key {
        let name: String
        let text: String
        let use: MerchantKey.Use
        let isActive: Bool
    }

    fileprivate init(_ object: ConfigurationObject) throws(ConfigurationError) {
        id = MerchantID(try object.requiredString("id"))
        name = try object.requiredString("name")
        var providers: [ProviderType] = []
        for provider in try object.objects("providers", keys: ["type"]) {
            providers.append(try provider.requiredChoice("type", of: ProviderType.self))
        }
        self.providers = providers
        var keys: [Key] = []
        for key in try object.objects("keys", keys: ["name", "key", "use", "active"]) {
            keys.append(
                Key(
                    name: try key.requiredString("name"), text: try key.requiredString("key"),
                    use: try key.requiredChoice("use", of: MerchantKey.Use.self),
                    isActive: try key.boolean("active") ?? true))
        }
        self.keys = keys
        var aliases: [DemoAlias] = []
        let names: [StaticString] = ["id", "provider", "method", "providerAlias", "active"]
        for alias in try object.objects("aliases", keys: names) { aliases.append(try DemoAlias(alias)) }
        self.aliases = aliases
    }
}

/// An alias in test mode.
struct DemoAlias {
    let id: AliasID
    let provider: ProviderType
    /// nil for one that is not exchanged yet.
    let method: PaymentMethod?
    let providerAlias: String?
    let isActive: Bool

    fileprivate init(_ object: ConfigurationObject) throws(ConfigurationError) {
        id = AliasID(try object.requiredString("id"))
        provider = try object.requiredChoice("provider", of: ProviderType.self)
        method = try object.choice("method", of: PaymentMethod.self)
        providerAlias = try object.string("providerAlias")
        isActive = try object.boolean("active") ?? true
    }

    func alias(of merchant: MerchantID, created: Int64) -> Alias {
        Alias(
            id: id, merchant: merchant, provider: provider, mode: .test, providerAlias: providerAlias,
            details: method.map { AliasDetails(method: $0) }, isActive: isActive, created: created)
    }
}

extension ConfigurationObject {
    fileprivate func requiredChoice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: StaticString, of type: Choice.Type
    ) throws(ConfigurationError) -> Choice {
        _ = try requiredString(key)
        guard let choice = try choice(key, of: type) else { throw fault("\"\(key)\" is missing") }
        return choice
    }
}
