import JSON

/// What Stripe says went wrong, in either of its two shapes: OAuth's `{"error":"code","error_description":"…"}` and the
/// API's `{"error":{"type":"…","code":"…","message":"…"}}`.
enum StripeFault {
    case oauth(code: String, description: String?)
    case api(APIFault)

    struct APIFault {
        var type: String?
        var code: String?
        var declineCode: String?
        var message: String?
        /// `error.payment_intent.id` and `.status`, of card errors.
        var intent: JSONValue?
    }

    /// - Returns: nil when the answer names no error.
    init?(_ root: JSONValue) {
        guard let error = root["error"], !error.isNull else { return nil }
        guard error.kind == .object else {
            self = .oauth(
                code: error.string ?? "", description: StripeFault.text(root["error_description"]))
            return
        }
        self = .api(
            APIFault(
                type: StripeFault.text(error["type"]), code: StripeFault.text(error["code"]),
                declineCode: StripeFault.text(error["decline_code"]), message: StripeFault.text(error["message"]),
                intent: error["payment_intent"]))
    }

    /// A text that says something.
    private static func text(_ value: JSONValue?) -> String? {
        guard let text = value?.string, !text.isEmpty else { return nil }
        return text
    }
}
