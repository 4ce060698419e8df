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
