/// Where a server is: `https://host[:port]`, or `http://host[:port]` on this machine only.
///
/// Secrets travel there, so everything unusual is refused rather than read with goodwill: another reader of the text,
/// libcurl, must not see another host in it than we do.
package struct BaseURL: Sendable, Equatable, CustomStringConvertible {
    package enum Scheme: String, Sendable {
        case https, http
    }

    package let scheme: Scheme
    /// Scheme, host and port, without a slash at the end.
    package let text: String

    package var description: String { text }

    /// - Throws: what is wrong with the text, in words for the administrator.
    package init(_ text: String) throws(SettingError) {
        guard let split = BaseURL.split(text) else {
            throw SettingError("\(BaseURL.shown(text)) is not an address such as https://api.stripe.com")
        }
        guard let host = Host(split.host), BaseURL.isPort(split.port) else {
            throw SettingError(
                "\(BaseURL.shown(text)) is not an address such as https://api.stripe.com or http://127.0.0.1:8420: "
                    + "a host name and at most a port, no path, no user")
        }
        guard split.scheme == .https || host.isLoopback else {
            throw SettingError(
                "\(BaseURL.shown(text)) is not encrypted, and secrets would travel there. "
                    + "http:// is allowed to this machine only (127.0.0.1, [::1], localhost); write https://")
        }
        scheme = split.scheme
        self.text = "\(split.scheme.rawValue)://\(split.host)" + (split.port.map { ":\($0)" } ?? "")
    }

    /// `scheme://rest`, the rest parted at its port; one slash at the end does not count.
    private static func split(_ text: String) -> (scheme: Scheme, host: Substring, port: Substring?)? {
        let scheme: Scheme
        var rest: Substring
        if text.hasPrefix("https://") {
            (scheme, rest) = (.https, text.dropFirst(8))
        } else if text.hasPrefix("http://") {
            (scheme, rest) = (.http, text.dropFirst(7))
        } else {
            return nil
        }
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        let afterAddress = rest.lastIndex(of: "]") ?? rest.startIndex
        guard let colon = rest[afterAddress...].firstIndex(of: ":") else { return (scheme, rest, nil) }
        return (scheme, rest[..<colon], rest[rest.index(after: colon)...])
    }

    private static func isPort(_ text: Substring?) -> Bool {
        guard let text else { return true }
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = Int(text)
        else { return false }
        return (1...65_535).contains(port)
    }

    /// The text as an error may show it: what stands before an `@` may be a password.
    private static func shown(_ text: String) -> String {
        text.contains("@") ? "the address" : "\"\(text.prefix(200))\""
    }

    /// A host as we accept it.
    private struct Host {
        let isLoopback: Bool

        /// - Returns: nil for anything but a name of letters, digits, dots and dashes, four decimal numbers, or an IPv6
        ///   address in brackets.
        init?(_ text: Substring) {
            let bytes = Array(text.utf8)
            if bytes.first == UInt8(ascii: "[") {
                guard bytes.count > 3, bytes.last == UInt8(ascii: "]"),
                    bytes.dropFirst().dropLast().allSatisfy(Host.isIPv6Character)
                else { return nil }
                isLoopback = text == "[::1]"
                return
            }
            guard (1...253).contains(bytes.count), bytes.allSatisfy(Host.isNameCharacter),
                bytes.first != UInt8(ascii: "."), bytes.first != UInt8(ascii: "-")
            else { return nil }
            let labels = text.split(separator: ".", omittingEmptySubsequences: false)
            guard labels.allSatisfy({ !$0.isEmpty }) else { return nil }
            let octets = labels.map(Host.octet)
            // A name whose last label is a number is an IPv4 address to libcurl, also as 127.1 or 0x7f000001.
            guard let last = labels.last?.utf8.first, (0x30...0x39).contains(last) else {
                isLoopback = text == "localhost"
                return
            }
            guard octets.count == 4, octets.allSatisfy({ $0 != nil }) else { return nil }
            isLoopback = octets.first == 127
        }

        /// 0 to 255 without leading zeros, which some readers take for octal.
        private static func octet(_ label: Substring) -> Int? {
            guard label.utf8.count <= 3, label.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(label),
                number <= 255, label == "0" || !label.hasPrefix("0")
            else { return nil }
            return number
        }

        private static func isNameCharacter(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x30...0x39, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "-"): true
            default: false
            }
        }

        private static func isIPv6Character(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x30...0x39, 0x61...0x66, UInt8(ascii: ":"), UInt8(ascii: "."): true
            default: false
            }
        }
    }
}
