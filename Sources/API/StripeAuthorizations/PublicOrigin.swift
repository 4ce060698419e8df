package import FastCGI
import Payments

/// Where this service is reached from outside, for absolute URLs: the configured address, or the one the request came
/// to. Nothing is decided by it.
package struct PublicOrigin: Sendable {
    /// Such as `https://pay.example.com`, without a slash at the end.
    private let configured: String?

    package init(configured: String?) {
        self.configured = configured
    }

    /// - Returns: scheme and host, such as `https://127.0.0.1:8443`; nil when nothing is configured and the request's
    ///   Host is none.
    package func url(of request: Request) -> String? {
        if let configured { return configured }
        guard let host = request.header("HTTP_HOST"), PublicOrigin.isHost(host) else { return nil }
        let isSecure =
            request.header("HTTPS")?.hasSameBytes(as: "on") == true
            || request.header("REQUEST_SCHEME")?.hasSameBytes(as: "https") == true
        return (isSecure ? "https://" : "http://") + host
    }

    /// A name or an IPv4 address, or an IPv6 address in brackets, and a port or none.
    static func isHost(_ text: String) -> Bool {
        guard (1...255).contains(text.utf8.count) else { return false }
        var name = text.utf8[...]
        var isBracketed = false
        if let colon = name.lastIndex(of: UInt8(ascii: ":")), !text.hasSuffix("]") {
            let port = name[name.index(after: colon)...]
            guard (1...5).contains(port.count), port.allSatisfy({ (0x30...0x39).contains($0) }) else { return false }
            name = name[..<colon]
        }
        if name.first == UInt8(ascii: "["), name.last == UInt8(ascii: "]") {
            name = name.dropFirst().dropLast()
            isBracketed = true
        }
        return !name.isEmpty
            && name.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."): true
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
                case UInt8(ascii: "-"): !isBracketed
                case UInt8(ascii: ":"): isBracketed
                default: false
                }
            }
    }
}
