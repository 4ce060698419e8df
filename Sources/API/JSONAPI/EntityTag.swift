import Crypto
import FastCGI
import Payments

/// The ETag of an answer: `W/"…"`, the SHA-1 of the body as the original's. It says which version was seen and protects
/// nothing, so that SHA-1's weakness does not matter.
struct EntityTag {
    private let opaque: String

    init(of body: [UInt8]) {
        opaque = Insecure.SHA1.hash(data: body).map(EntityTag.hexadecimal).joined()
    }

    var headerValue: String { "W/\"\(opaque)\"" }

    /// Whether an `If-None-Match` or `If-Match` names this version. The comparison is the weak one for both, as the
    /// original's: our tags are all weak, and by RFC 9110 none would ever match `If-Match`.
    func isNamed(by header: String) -> Bool {
        header.split(separator: ",").contains { element in
            var tag = element.drop { $0 == " " || $0 == "\t" }
            while let last = tag.last, last == " " || last == "\t" { tag.removeLast() }
            if String(tag).hasSameBytes(as: "*") { return true }
            if tag.hasPrefix("W/") { tag = tag.dropFirst(2) }
            return String(tag).hasSameBytes(as: "\"\(opaque)\"")
        }
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        byte < 16 ? "0" + String(byte, radix: 16) : String(byte, radix: 16)
    }
}

extension JSONAPIFault {
    /// E13.
    static var preconditionFailed: JSONAPIFault {
        JSONAPIFault(412, .pointer(""), title: "Precondition Failed", detail: "Precondition failed")
    }
}
