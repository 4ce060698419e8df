import API
import FoundationEssentials
import Payments

/// How a call proves who makes it.
enum SendSigner: Sendable {
    /// Stash's v1 signature over time and body.
    case egress(HMACKey, shop: String)
    /// The key itself, in the header of that name.
    case header(name: String, Secret)

    /// Header lines for one call.
    ///
    /// - Parameters:
    ///   - idempotencyKey: of `authorize`; the other calls carry theirs in the body.
    ///   - now: milliseconds since the Unix epoch.
    func headers(_ operation: SendOperation, body: [UInt8], idempotencyKey: String, now: Int64) -> [[UInt8]] {
        switch self {
        case .egress(let key, let shop):
            let code = key.authenticationCode(prefix: Array("\(now).".utf8), message: body)
            let signature = Data(code).base64EncodedString()
            return [Array("x-stash-hmac-signature: v1;\(shop);\(now);\(signature)".utf8)]
        case .header(let name, let secret):
            let own = Array("\(name): ".utf8) + secret.bytes
            guard operation == .authorize else { return [own] }
            return [own, Array("Idempotent-Key: \(idempotencyKey)".utf8), Array("PSP-Test-Mode: true".utf8)]
        }
    }
}

extension SendSigner {
    /// A shop's first key that is valid now, with its name; nil when there is none.
    static func configured(
        _ shop: ShopKeys, isPurchase: Bool, _ configuration: Configuration
    ) -> (keyName: String, signer: SendSigner)? {
        let now = Clock.system.milliseconds()
        if isPurchase {
            guard let key = shop.purchaseKeys.first(where: { $0.validity.holds(at: now) }) else { return nil }
            let name = configuration.apiKeyParameter.dropFirst("HTTP_".count).replacing("_", with: "-")
            return (key.name, .header(name: String(name), key.secret))
        }
        guard let key = shop.egressKeys.first(where: { $0.validity.holds(at: now) }), let first = key.keys.first else {
            return nil
        }
        return (key.name, .egress(first.key, shop: shop.shop.id.text))
    }
}

extension KeyValidity {
    fileprivate func holds(at now: Int64) -> Bool {
        now >= from ?? .min && now < until ?? .max
    }
}
