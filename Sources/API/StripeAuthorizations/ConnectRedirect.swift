import FastCGI
import Payments

extension StripeEndpoints {
    static let callbackPath: PathPattern = "/v1/stripe-authorizations/callback"

    /// `GET /v1/events/{event}/stripe-authorization/connect`: sends the browser to Stripe with a state that was made
    /// here (contract section 3.1).
    @Sendable func connect(_ call: Call) throws(PaymentError) -> Response {
        let user = try call.requireUser()
        guard let origin = origin.url(of: call.request) else {
            throw PaymentError(.invalid, "The request does not say where to come back to.")
        }
        let start = try authorizations.connect(call.event, by: user)
        let parameters = [
            ("response_type", "code"), ("client_id", start.result.clientID), ("scope", "read_write"),
            ("redirect_uri", "\(origin)\(StripeEndpoints.callbackPath)"), ("state", start.result.state),
        ]
        let query = parameters.map { "\($0.0)=\(StripeEndpoints.escaped($0.1))" }.joined(separator: "&")
        var response = Response(
            status: 302, headers: [("Location", "\(connectURL)/oauth/authorize?\(query)")],
            // The state must be on disk before Stripe can send it back.
            durableAt: start.sequence)
        response.note.subject = "event \(start.result.event)"
        return response
    }

    /// Percent-encodes all but RFC 3986's unreserved characters.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "~"):
                escaped.unicodeScalars.append(UnicodeScalar(byte))
            default:
                escaped += byte < 16 ? "%0" : "%"
                escaped += String(byte, radix: 16, uppercase: true)
            }
        }
        return escaped
    }
}
