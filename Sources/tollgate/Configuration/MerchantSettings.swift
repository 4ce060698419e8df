import API
import Payments
import Storage

/// What the administrator decides about merchants' payments.
struct MerchantSettings {
    /// The merchants' keys are stored hashed with it, so that who steals the state cannot test guesses.
    let pepper: Secret
    /// How often payments whose end is not known are looked after, in seconds.
    let settleSeconds: Int
    /// Seals providers' secrets and webhooks' signing secrets; nil where the configuration has no key for it.
    let sealing: AESSealing?
    /// Merchants that everybody knows, made at the start; nil for a real deployment.
    let demo: DemoMerchants?
}

extension MerchantSettings {
    private static let keys: [StaticString] = ["pepper", "settleSeconds", "demo"]
    /// A short pepper could be guessed with the state at hand.
    private static let minimumPepperBytes = 16

    /// Reads `merchants`; nil when it is not there.
    init?(
        _ top: ConfigurationObject, sealing: AESSealing?, isDemo: Bool, _ secrets: inout SecretFiles
    ) throws(ConfigurationError) {
        guard let merchants = try top.object("merchants", keys: MerchantSettings.keys) else { return nil }
        guard let pepper = try merchants.object("pepper", keys: ["file"]) else {
            throw merchants.fault(
                "\"merchants.pepper\" is missing: the file of the secret that the merchants' keys are hashed with "
                    + "(openssl rand -base64 32). Keep it: with another one every key is unknown")
        }
        self.pepper = try secrets.read(pepper, of: "the hashes of the merchants' keys")
        guard self.pepper.bytes.count >= MerchantSettings.minimumPepperBytes else {
            throw pepper.fault(
                at: "file", "the pepper must have at least \(MerchantSettings.minimumPepperBytes) bytes")
        }
        settleSeconds = try merchants.integer("settleSeconds", in: 1...3600).map { Int($0) } ?? 10
        self.sealing = sealing
        guard let path = try merchants.path("demo") else {
            demo = nil
            return
        }
        guard isDemo else {
            throw merchants.fault(
                at: "demo", "\"merchants.demo\" makes merchants whose keys everybody knows; it needs \"demo\": true")
        }
        demo = try DemoMerchants(file: path)
    }
}
