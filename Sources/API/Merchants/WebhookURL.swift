/// Where a merchant is told what became of its payments: `https://…`, or `http://…` on this machine only.
///
/// An operator gives it, and we connect to it, so everything unusual is refused: another reader of the text, libcurl,
/// must not see another host in it than we do.
package struct WebhookURL: Sendable, CustomStringConvertible {
    package let description: String

    /// What may follow a host's name without being part of it.
    private static let maximumBytes = 1000

    /// nil for anything but a scheme, a plain host name or address, a port where there is one, and a path with a query.
    package init?(_ text: String) {
        guard text.utf8.count <= WebhookURL.maximumBytes, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            !text.utf8.contains(where: WebhookURL.isUnsafe)
        else { return nil }
        let isEncrypted = text.hasPrefix("https://")
        guard isEncrypted || text.hasPrefix("http://") else { return nil }
        let rest = text.utf8.dropFirst(isEncrypted ? 8 : 7)
        let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        guard let host = WebhookURL.host(authority), isEncrypted || WebhookURL.isLoopback(host) else { return nil }
        description = text
    }

    /// Backslashes and `@` are read differently by different programs; a fragment is never sent.
    private static func isUnsafe(_ byte: UInt8) -> Bool {
        [UInt8(ascii: "\\"), UInt8(ascii: "@"), UInt8(ascii: "#"), UInt8(ascii: "\""), UInt8(ascii: "<")].contains(byte)
    }

    /// The host without its port; nil when either is no plain one.
    private static func host(_ authority: Substring.UTF8View) -> [UInt8]? {
        var host = Array(authority)
        if host.first == UInt8(ascii: "[") {
            guard let end = host.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            let port = Array(host[(end + 1)...])
            host = Array(host[...end])
            guard port.isEmpty || isPort(port) else { return nil }
            return host.dropFirst().dropLast().allSatisfy(isIPv6Character) && host.count > 3 ? host : nil
        }
        if let colon = host.firstIndex(of: UInt8(ascii: ":")) {
            guard isPort(Array(host[colon...])) else { return nil }
            host = Array(host[..<colon])
        }
        guard (1...253).contains(host.count), host.allSatisfy(isNameCharacter), host.first != UInt8(ascii: "."),
            host.first != UInt8(ascii: "-"), isName(host) || isIPv4(host)
        else { return nil }
        return host
    }

    /// With its colon.
    private static func isPort(_ text: [UInt8]) -> Bool {
        guard text.first == UInt8(ascii: ":"), (2...6).contains(text.count) else { return false }
        guard text.dropFirst().allSatisfy({ (0x30...0x39).contains($0) }),
            let port = Int(String(decoding: text.dropFirst(), as: UTF8.self))
        else { return false }
        return (1...65_535).contains(port)
    }

    /// A name whose last label begins with a digit is an address to libcurl, also as `127.1` or `0x7f000001`.
    private static func isName(_ host: [UInt8]) -> Bool {
        let labels = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard let last = labels.last?.first, labels.allSatisfy({ !$0.isEmpty }) else { return false }
        return !(0x30...0x39).contains(last)
    }

    private static func isIPv4(_ host: [UInt8]) -> Bool {
        let octets = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return octets.count == 4
            && octets.allSatisfy { octet in
                guard (1...3).contains(octet.count), octet.allSatisfy({ (0x30...0x39).contains($0) }),
                    octet.count == 1 || octet.first != UInt8(ascii: "0"),
                    let number = Int(String(decoding: octet, as: UTF8.self))
                else { return false }
                return number <= 255
            }
    }

    private static func isLoopback(_ host: [UInt8]) -> Bool {
        host.elementsEqual("localhost".utf8) || host.elementsEqual("[::1]".utf8)
            || (isIPv4(host) && host.starts(with: "127.".utf8))
    }

    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "-"): true
        default: false
        }
    }

    private static func isIPv6Character(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66, UInt8(ascii: ":"), UInt8(ascii: "."): true
        default: false
        }
    }
}
