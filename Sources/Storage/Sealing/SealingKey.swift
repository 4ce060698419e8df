import Crypto
import FoundationEssentials

/// One key of AES-256 and the name sealed values are marked with.
package struct SealingKey: Sendable, CustomStringConvertible, CustomReflectable {
    /// Stands in clear beside every value sealed with the key.
    package let name: String
    let key: SymmetricKey

    private static let byteCount = 32
    private static let maximumNameBytes = 64

    /// Reads a key as its file holds it: 64 hexadecimal digits, or base64 (44 characters). White space around it does
    /// not count.
    ///
    /// - Throws: `StoreError` in the administrator's words, without any part of the key.
    package init(name: String, text: [UInt8]) throws(StoreError) {
        guard SealingKey.isName(name) else {
            throw StoreError(
                .system, "The name of a sealing key is 1 to 64 letters, digits, dots, dashes or underscores.")
        }
        guard let bytes = SealingKey.bytes(text) else {
            throw StoreError(
                .system,
                "The sealing key \(name) is not 32 bytes written as 64 hexadecimal digits or as base64 "
                    + "(44 characters). Make one: openssl rand -hex 32")
        }
        self.name = name
        key = SymmetricKey(data: bytes)
    }

    package var description: String { "SealingKey(\(name))" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    private static func isName(_ name: String) -> Bool {
        (1...maximumNameBytes).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    private static func bytes(_ text: [UInt8]) -> [UInt8]? {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        guard let first = text.firstIndex(where: { !isSpace($0) }), let last = text.lastIndex(where: { !isSpace($0) })
        else { return nil }
        let text = text[first...last]
        if text.count == 2 * byteCount { return hexadecimal(text) }
        guard text.count == 44, let bytes = Data(base64Encoded: Data(text)), bytes.count == byteCount else {
            return nil
        }
        return [UInt8](bytes)
    }

    private static func hexadecimal(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount)
        var high: UInt8?
        for character in text {
            guard let digit = digit(character) else { return nil }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return bytes
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case 0x30...0x39: character - 0x30
        case 0x41...0x46: character - 0x41 + 10
        case 0x61...0x66: character - 0x61 + 10
        default: nil
        }
    }
}
