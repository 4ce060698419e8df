/// The platform's secret key, `sk_test_…` or `sk_live_…` (or restricted, `rk_…`). Prints as redacted.
package struct PlatformKey: Sendable, CustomStringConvertible, CustomReflectable {
    let bytes: [UInt8]
    package let mode: StripeMode

    private static let maximumBytes = 512

    /// - Throws: when the text is not such a key, or one of the other mode; never with any part of it.
    package init(_ bytes: [UInt8], mode: StripeMode) throws(SettingError) {
        guard bytes.count <= PlatformKey.maximumBytes, bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw SettingError("Stripe's secret key is one word of printable characters")
        }
        guard let found = StripeMode.allCases.first(where: { PlatformKey.begins(bytes, $0) }) else {
            throw SettingError("Stripe's secret key begins with sk_\(mode.rawValue)_ or rk_\(mode.rawValue)_")
        }
        guard found == mode else {
            throw SettingError(
                "this is a \(found.rawValue) key, and the mode is \(mode.rawValue). Test money and real money are "
                    + "never mixed: change the key or the mode")
        }
        self.bytes = bytes
        self.mode = mode
    }

    package var description: String { "[redacted]" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    private static func begins(_ bytes: [UInt8], _ mode: StripeMode) -> Bool {
        ["sk", "rk"].contains { kind in
            let prefix = Array("\(kind)_\(mode.rawValue)_".utf8)
            return bytes.starts(with: prefix) && bytes.count > prefix.count
        }
    }
}
