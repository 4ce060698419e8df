/// What the organiser sees at Stripe: a page with two buttons, and the way back (sections 3.1 and 3.2).
struct AuthorizePage {
    private let fields: [FakeRequest.Field]

    init(_ fields: [FakeRequest.Field]) {
        self.fields = fields
    }

    /// The page, or Stripe's refusal as JSON.
    var page: Reply {
        if let refusal { return refusal }
        let inputs = ["client_id", "response_type", "redirect_uri", "scope", "state"].compactMap { name in
            value(name).map { #"<input type="hidden" name="\#(name)" value="\#(AuthorizePage.escaped($0))">"# }
        }
        let code = "ac_ok_\(String(UInt64.random(in: .min ... .max), radix: 36))"
        return Reply(
            200,
            text: """
                <!DOCTYPE html>
                <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
                <title>Stripe stand-in</title>
                <style>body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:4rem auto;padding:0 1rem}
                button{font:inherit;padding:.5rem 1.5rem;margin-right:1rem}input{font:inherit}</style></head>
                <body><h1>Connect your account</h1>
                <p>This page stands in for Stripe. No real account is connected.</p>
                <p>Platform <code>\(AuthorizePage.escaped(value("client_id") ?? ""))</code> asks for
                <code>\(AuthorizePage.escaped(value("scope") ?? "read_only"))</code>.</p>
                <form method="post" action="/oauth/authorize">
                \(inputs.joined(separator: "\n"))
                <p><label>Code to return <input name="code" value="\(code)"></label></p>
                <p><button name="decision" value="connect">Connect</button>
                <button name="decision" value="deny">Deny</button></p>
                </form></body></html>
                """, contentType: "text/html; charset=utf-8")
    }

    /// Back to the platform.
    var decision: Reply {
        if let refusal { return refusal }
        guard let target = value("redirect_uri") else { return Reply(400, .object([])) }
        var query: [(String, String)]
        if value("decision") == "connect" {
            query = [("scope", value("scope") ?? "read_only"), ("code", value("code") ?? "ac_ok")]
        } else {
            query = [("error", "access_denied"), ("error_description", "The user denied your request")]
        }
        if let state = value("state") { query.append(("state", state)) }
        let text = query.map { "\($0)=\(AuthorizePage.percentEncoded($1))" }.joined(separator: "&")
        var reply = Reply(303, text: "", contentType: "text/plain")
        reply.headers = [("Location", target + (target.contains("?") ? "&" : "?") + text)]
        return reply
    }

    private var refusal: Reply? {
        switch value("response_type") {
        case nil: return error("invalid_request", "No response type specified")
        case "code": break
        case .some: return error("unsupported_response_type", "Only code is supported")
        }
        guard let client = value("client_id"), client.hasPrefix("ca_") else {
            return error("invalid_request", "No application matches the supplied client identifier")
        }
        let isAddress = value("redirect_uri").map { uri in
            (uri.hasPrefix("http://") || uri.hasPrefix("https://"))
                && uri.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        }
        guard isAddress == true else { return error("invalid_redirect_uri", "Invalid redirect URI") }
        guard ["read_write", "read_only", nil].contains(value("scope")) else {
            return error("invalid_scope", "Invalid scope")
        }
        return nil
    }

    private func error(_ code: String, _ description: String) -> Reply {
        Reply(
            400,
            .object([
                ("error", .string(code)), ("error_description", .string(description)),
                ("state", .optional(value("state"))),
            ]))
    }

    private func value(_ name: String) -> String? {
        fields.first { $0.name == name }?.value
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }

    private static func percentEncoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                String(decoding: [byte], as: UTF8.self)
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}
