import Crypto
import FoundationEssentials
package import Payments

/// What a notification is signed with, in the form of Standard Webhooks
/// (https://github.com/standard-webhooks/standard-webhooks, "Webhook scheme"): HMAC-SHA256 over id, time and body.
package struct WebhookSignature: Sendable {
    private let key: HMACKey

    package static let prefix = "whsec_"

    /// Reads `whsec_` and the base64 of 24 to 64 bytes; nil for anything else.
    package init?(secret: [UInt8]) {
        let text = String(decoding: secret, as: UTF8.self)
        guard text.hasPrefix(WebhookSignature.prefix),
            let bytes = Data(base64Encoded: String(text.dropFirst(WebhookSignature.prefix.count))),
            (24...64).contains(bytes.count)
        else { return nil }
        key = HMACKey([UInt8](bytes))
    }

    /// A new secret from the system's secure source, as merchants are given it.
    package static func makeSecret(_ random: Randomness) -> String {
        prefix + Data(random.bytes(32)).base64EncodedString()
    }

    /// The value of `webhook-signature`.
    ///
    /// - Parameters:
    ///   - id: `webhook-id`.
    ///   - timestamp: `webhook-timestamp`, seconds since the Unix epoch.
    package func header(id: String, timestamp: Int64, body: [UInt8]) -> String {
        let code = key.authenticationCode(prefix: Array("\(id).\(timestamp).".utf8), message: body)
        return "v1," + Data(code).base64EncodedString()
    }
}
