import API
import Payments
import Storage
import Stripe

/// What the administrator decides about connecting organisers' Stripe accounts.
struct StripeSettings {
    let mode: StripeMode
    /// Where browsers and clients reach this service; nil for where each request came to.
    let publicURL: BaseURL?
    /// Where browsers are sent to connect.
    private(set) var connectURL: BaseURL
    /// The platform's keys and addresses; nil when a key is missing, so that nobody can connect.
    private(set) var platform: StripeConfiguration?
    /// The platform's own, shown where Stripe gives none for an account.
    let publishableKey: String?
    /// Open Event signs its users' tokens with it.
    let tokenSecret: Secret
    let events: EventDirectory
    let webhookSecrets: [Secret]
    let sealing: AESSealing

    /// Puts another Stripe in the place of the configured one.
    mutating func redirect(connect: BaseURL?, api: BaseURL?) {
        if let connect {
            connectURL = connect
            platform?.connectBase = connect
        }
        if let api { platform?.apiBase = api }
    }
}

extension StripeSettings {
    private static let keys: [StaticString] = [
        "mode", "publicURL", "clientID", "secretKey", "publishableKey", "connectURL", "apiURL",
        "certificateAuthorities", "connectSeconds", "callSeconds", "tokens", "events", "webhookSecrets",
    ]

    /// Reads `stripe`; nil when it is not there.
    init?(
        _ top: ConfigurationObject, _ source: ConfigurationSource, sealing: AESSealing?, _ secrets: inout SecretFiles,
        _ warnings: inout [String]
    ) throws(ConfigurationError) {
        guard let stripe = try top.object("stripe", keys: StripeSettings.keys) else { return nil }
        guard let sealing else {
            throw stripe.fault(
                "accounts' keys are stored encrypted, so \"stripe\" needs a \"sealing\" beside it: "
                    + "\"sealing\": { \"keys\": [ { \"id\": \"2026-11\", \"file\": \"secrets/sealing-key\" } ] }")
        }
        self.sealing = sealing
        guard let mode = try stripe.choice("mode", of: StripeMode.self) else {
            throw stripe.fault("\"stripe.mode\" is missing; write \"test\" or \"live\"")
        }
        self.mode = mode
        publicURL = try stripe.address("publicURL")
        if mode == .live, publicURL?.scheme != .https {
            throw stripe.fault(
                "in live mode Stripe comes back to https:// only: \"publicURL\": \"https://pay.example.com\"")
        }
        connectURL = try stripe.address("connectURL", otherwise: StripeConfiguration.connectAddress)
        publishableKey = try StripeSettings.publishableKey(stripe, mode)
        platform = try StripeSettings.platform(stripe, mode, connectURL, &secrets)
        if platform == nil || publishableKey == nil {
            platform = nil
            warnings.append(
                "stripe needs clientID, secretKey and publishableKey; without them no account can be connected")
        }
        guard let tokens = try stripe.object("tokens", keys: ["file"]) else {
            throw stripe.fault("\"stripe.tokens\" is missing: the file of the secret that signs the users' tokens")
        }
        tokenSecret = try secrets.read(tokens, of: "Open Event's tokens")
        events = try EventsFile.read(stripe, source)
        webhookSecrets = try StripeSettings.webhookSecrets(stripe, &secrets)
        if webhookSecrets.isEmpty { warnings.append("stripe has no webhookSecrets: every event of Stripe's gets 400") }
    }

    private static func platform(
        _ stripe: ConfigurationObject, _ mode: StripeMode, _ connectURL: BaseURL, _ secrets: inout SecretFiles
    ) throws(ConfigurationError) -> StripeConfiguration? {
        let apiURL = try stripe.address("apiURL", otherwise: StripeConfiguration.apiAddress)
        let http = try http(stripe)
        guard let clientID = try stripe.string("clientID"), let key = try stripe.object("secretKey", keys: ["file"])
        else { return nil }
        let secret = try secrets.read(key, of: "the platform at Stripe")
        let platformKey = try key.explained("file") { () throws(SettingError) in
            try PlatformKey(secret.bytes, mode: mode)
        }
        return try stripe.explained("clientID") { () throws(SettingError) in
            try StripeConfiguration(
                key: platformKey, clientID: clientID, http: http, connectBase: connectURL, apiBase: apiURL)
        }
    }

    /// Also checked where a key is missing, so that a mistake shows before it matters.
    private static func http(_ stripe: ConfigurationObject) throws(ConfigurationError) -> HTTPSettings {
        var http = HTTPSettings(version: Version.text, authorities: try authorities(stripe))
        let connect = try stripe.integer("connectSeconds", in: HTTPSettings.connectSeconds)
        let total = try stripe.integer("callSeconds", in: HTTPSettings.totalSeconds)
        let milliseconds = (
            connect: connect.map { Int($0) * 1000 } ?? http.connectTimeoutMilliseconds,
            total: total.map { Int($0) * 1000 } ?? http.totalTimeoutMilliseconds
        )
        try stripe.explained(connect == nil ? "callSeconds" : "connectSeconds") { () throws(SettingError) in
            try http.setTimeouts(connectMilliseconds: milliseconds.connect, totalMilliseconds: milliseconds.total)
        }
        return http
    }

    private static func authorities(_ stripe: ConfigurationObject) throws(ConfigurationError) -> CertificateAuthorities
    {
        guard let path = try stripe.path("certificateAuthorities") else { return .system }
        return try stripe.explained("certificateAuthorities") { () throws(SettingError) in
            try CertificateAuthorities(adding: path)
        }
    }

    private static func publishableKey(
        _ stripe: ConfigurationObject, _ mode: StripeMode
    ) throws(ConfigurationError) -> String? {
        guard let key = try stripe.string("publishableKey") else { return nil }
        let prefix = "pk_\(mode.rawValue)_"
        guard key.hasPrefix(prefix), key.utf8.count <= 255, key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw stripe.fault(
                at: "publishableKey", "the publishable key of \(mode.rawValue) mode begins with \(prefix)")
        }
        return key
    }

    private static func webhookSecrets(
        _ stripe: ConfigurationObject, _ secrets: inout SecretFiles
    ) throws(ConfigurationError) -> [Secret] {
        var names: [String] = []
        var found: [Secret] = []
        for key in try stripe.objects("webhookSecrets", keys: ["name", "file"]) {
            let name = try key.requiredString("name")
            guard !names.contains(name) else {
                throw key.fault(at: "name", "another webhook secret is named \"\(name)\"")
            }
            names.append(name)
            let secret = try secrets.read(key, of: "Stripe's webhooks (\(name))")
            guard secret.bytes.starts(with: Array("whsec_".utf8)) else {
                throw key.fault(at: "file", "a webhook's secret begins with whsec_; Stripe's dashboard shows it")
            }
            found.append(secret)
        }
        return found
    }
}

extension ConfigurationObject {
    fileprivate func address(_ key: StaticString) throws(ConfigurationError) -> BaseURL? {
        guard let text = try string(key) else { return nil }
        return try explained(key) { () throws(SettingError) in try BaseURL(text) }
    }

    fileprivate func address(
        _ key: StaticString, otherwise standard: String
    ) throws(ConfigurationError) -> BaseURL {
        if let address = try address(key) { return address }
        return try explained(key) { () throws(SettingError) in try BaseURL(standard) }
    }

    /// Gives a fault of the Stripe room its place in the file.
    fileprivate func explained<Result>(
        _ key: StaticString, _ body: () throws(SettingError) -> Result
    ) throws(ConfigurationError) -> Result {
        do throws(SettingError) {
            return try body()
        } catch {
            throw fault(at: key, error.message)
        }
    }
}
