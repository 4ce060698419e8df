/// Who takes payments through us: which providers it uses, and where it is told what became of them.
package struct Merchant: Sendable {
    package let merchantID: MerchantID
    package var name: String
    /// Whether real money may move; else it is confined to test mode.
    package var allowsLive: Bool
    package private(set) var providers: [ProviderConfiguration]
    package var webhook: Webhook?
    /// Its keys by name, so that an operator can name one; the keys themselves are documents of their own.
    package private(set) var keys: [KeyName]
    /// Milliseconds since the Unix epoch.
    package let created: Int64
    let unknown: [UnknownMember]

    /// Where notifications go.
    package struct Webhook: Sendable, Equatable {
        package var url: String
        /// The signing secret, sealed for `Merchant.webhookPlace`.
        package var secret: SealedSecret

        package init(url: String, secret: SealedSecret) {
            self.url = url
            self.secret = secret
        }
    }

    package struct KeyName: Sendable, Equatable {
        package let name: String
        package let document: DocumentID
    }

    package init(id: MerchantID, name: String, allowsLive: Bool, created: Int64) {
        self.init(
            id: id, name: name, allowsLive: allowsLive, providers: [], webhook: nil, keys: [], created: created,
            unknown: [])
    }

    init(
        id: MerchantID, name: String, allowsLive: Bool, providers: [ProviderConfiguration], webhook: Webhook?,
        keys: [KeyName], created: Int64, unknown: [UnknownMember]
    ) {
        merchantID = id
        self.name = name
        self.allowsLive = allowsLive
        self.providers = providers
        self.webhook = webhook
        self.keys = keys
        self.created = created
        self.unknown = unknown
    }

    /// Where the signing secret of a merchant's webhook is sealed for; it opens nowhere else.
    package static func webhookPlace(_ merchant: MerchantID) -> String {
        "merchant:\(merchant):webhook"
    }

    package func provider(_ type: ProviderType) -> ProviderConfiguration? {
        providers.first { $0.type == type }
    }

    /// Replaces the configuration of that provider, or adds it.
    mutating func use(_ configuration: ProviderConfiguration) {
        providers.removeAll { $0.type == configuration.type }
        providers.append(configuration)
    }

    mutating func drop(_ type: ProviderType) {
        providers.removeAll { $0.type == type }
    }

    func key(named name: String) -> DocumentID? {
        keys.first { $0.name.hasSameBytes(as: name) }?.document
    }

    mutating func add(_ key: MerchantKey) {
        keys.append(KeyName(name: key.name, document: key.id))
    }

    /// Nothing that could be mistaken for a path, a separator or another merchant.
    package static func isUsable(_ id: MerchantID) -> Bool {
        (1...64).contains(id.text.utf8.count)
            && id.text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
