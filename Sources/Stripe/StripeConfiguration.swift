/// What the room must be told: where Stripe is, who we are there, and how long we wait.
package struct StripeConfiguration: Sendable {
    /// OAuth: `https://connect.stripe.com`.
    package var connectBase: BaseURL
    /// Payments: `https://api.stripe.com`.
    package var apiBase: BaseURL
    package var http: HTTPSettings
    package let key: PlatformKey
    /// The platform's id, `ca_…`; each is of one mode.
    package let clientID: String

    package var mode: StripeMode { key.mode }

    package static let connectAddress = "https://connect.stripe.com"
    package static let apiAddress = "https://api.stripe.com"

    /// - Throws: when the client id is not one.
    package init(
        key: PlatformKey, clientID: String, http: HTTPSettings, connectBase: BaseURL, apiBase: BaseURL
    ) throws(SettingError) {
        guard clientID.hasPrefix("ca_"), (4...255).contains(clientID.utf8.count), clientID.utf8.allSatisfy(Name.isByte)
        else { throw SettingError("Stripe's client id begins with ca_ and holds only letters, digits and underscores") }
        self.key = key
        self.clientID = clientID
        self.http = http
        self.connectBase = connectBase
        self.apiBase = apiBase
    }
}

/// Stripe's names for things: letters, digits, underscores.
enum Name {
    private static let maximumBytes = 255

    /// Whether this is `prefix` and at least one character more, such as `acct_1032D82eZvKYlo2C`.
    static func isValid(_ text: String, prefix: StaticString) -> Bool {
        let bytes = text.utf8
        return prefix.withUTF8Buffer { unsafe bytes.starts(with: $0) } && bytes.count > prefix.utf8CodeUnitCount
            && bytes.count <= maximumBytes && bytes.allSatisfy(isByte)
    }

    static func isByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): true
        default: false
        }
    }
}
