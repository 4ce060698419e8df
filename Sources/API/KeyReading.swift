import FoundationEssentials

/// How the text of a shared secret becomes the bytes of an HMAC key. Stash's own sources disagree
/// (its documents sign with the text as shown, its samples decode it first), so the owner may say, or try.
package enum KeyReading: String, Sendable, CaseIterable {
    case utf8, base64, base64url
    /// The text as it is, then decoded. Each further reading costs one more hash and no security: all need the secret.
    case auto

    /// The key bytes in the order to try them, each with the reading that gave them; empty when the text cannot be
    /// read that way.
    package func keys(of text: [UInt8]) -> [(reading: KeyReading, bytes: [UInt8])] {
        let order: [KeyReading] = self == .auto ? [.utf8, .base64, .base64url] : [self]
        var keys: [(reading: KeyReading, bytes: [UInt8])] = []
        for reading in order {
            guard let bytes = reading.decode(text), !keys.contains(where: { $0.bytes == bytes }) else { continue }
            keys.append((reading, bytes))
        }
        return keys
    }

    private func decode(_ text: [UInt8]) -> [UInt8]? {
        switch self {
        case .utf8: text
        case .base64: Data(base64Encoded: Data(text)).map { [UInt8]($0) }
        case .base64url: KeyReading.decodeBase64URL(text)
        case .auto: nil
        }
    }

    /// RFC 4648 section 5, with or without padding.
    private static func decodeBase64URL(_ text: [UInt8]) -> [UInt8]? {
        guard !text.contains(UInt8(ascii: "+")), !text.contains(UInt8(ascii: "/")) else { return nil }
        var standard = text.map { byte in
            switch byte {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            case let other: other
            }
        }
        while standard.count % 4 != 0 { standard.append(UInt8(ascii: "=")) }
        return Data(base64Encoded: Data(standard)).map { [UInt8]($0) }
    }
}
