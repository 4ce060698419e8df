import FastCGI
import Payments

/// The two rules about media types (contract: Stripe authorization, section 1.4).
enum JSONAPINegotiation {
    /// - Throws: 415 for a body that is labelled as anything but exactly our type, parameters included; 406 for an
    ///   `Accept` that does not admit it.
    static func check(_ request: Request) throws(JSONAPIFault) {
        if request.method == "POST" || request.method == "PATCH" {
            guard request.contentType?.hasSameBytes(as: JSONAPI.mediaType) == true else {
                throw refused(415, "Content-Type header must be \(JSONAPI.mediaType)")
            }
        }
        if let accept = request.header("HTTP_ACCEPT"), !admits(accept) {
            throw refused(406, "Accept header must be \(JSONAPI.mediaType)")
        }
    }

    /// Whether one of the ranges fits without parameters of its own, and is not refused by `q=0` (RFC 9110, section
    /// 12.5.1). JSON:API 1.0 wants 406 where our type is listed with parameters only.
    static func admits(_ accept: String) -> Bool {
        accept.utf8.split(separator: UInt8(ascii: ",")).contains { range in
            let parts = range.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map(trimmed)
            guard let media = parts.first,
                media == "application/vnd.api+json" || media == "application/*" || media == "*/*"
            else { return false }
            guard let parameter = parts.dropFirst().first else { return true }
            return parameter.hasPrefix("q=") && !isZero(parameter.dropFirst(2))
        }
    }

    private static func trimmed(_ part: Substring.UTF8View) -> String {
        String(part.filter { $0 != 0x20 && $0 != 0x09 }.map { Character(UnicodeScalar($0)) }).lowercased()
    }

    /// `0`, `0.0`, `0.00` and `0.000`.
    private static func isZero(_ quality: Substring) -> Bool {
        quality.allSatisfy { $0 == "0" || $0 == "." }
    }

    private static func refused(_ status: Int, _ detail: String) -> JSONAPIFault {
        JSONAPIFault(status, title: "InvalidRequestHeader", detail: detail)
    }
}
