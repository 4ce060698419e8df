import API
import Payments

/// Where calls go, and who makes them.
struct SendTarget: Sendable {
    /// Scheme, host and port.
    let base: String
    let paths: RoutePaths
    let signers: [SendOperation: SendSigner]
    /// A PEM file; nil for the system's authorities.
    let authorities: String?
    let timeoutMilliseconds: Int

    func url(_ operation: SendOperation, player: String) -> String {
        let path =
            switch operation {
            case .register: paths.register.description
            case .confirm: paths.confirm.description
            case .cancel: paths.cancel.description
            case .purchase: SendTarget.fill(paths.purchase.description, player)
            case .authorize: "/api/v1/authorization"
            }
        return base + path
    }

    /// The pattern with its one parameter filled in.
    private static func fill(_ pattern: String, _ value: String) -> String {
        pattern.split(separator: "/").map { segment in
            "/" + (segment.hasPrefix("{") ? escaped(value) : String(segment))
        }.joined()
    }

    /// Everything but RFC 3986's unreserved characters as `%XX`.
    private static func escaped(_ text: String) -> String {
        var escaped: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "~"):
                escaped.append(byte)
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                escaped += Array("%\(digits.utf8.count == 1 ? "0" : "")\(digits)".utf8)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}
