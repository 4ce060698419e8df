import JSON
import Payments

/// What an answer to `oauth/token` means (contracts: Stripe authorization, sections 3.4 and 3.5, cases D and F).
///
/// As in the original, an answer is judged by its body: an `error` in it is a refusal whatever the status is. The status
/// decides only where the body does not.
extension StripeExchange {
    /// - Parameter mode: assumed where Stripe does not say: the key decides it (section 3.3).
    init(_ outcome: HTTPOutcome, text: StripeText, mode: StripeMode) {
        switch outcome {
        case .neverSent: self = .unreachable
        case .maybeSent(.timedOut, _): self = .timedOut
        case .maybeSent(.broken, _), .maybeSent(.tooLarge, _): self = .unusableAnswer
        case .answered(let answer): self.init(answer, text: text, mode: mode)
        }
    }

    private init(_ answer: HTTPAnswer, text: StripeText, mode: StripeMode) {
        guard answer.status != 429, !StripeExchange.asksForPatience(String(decoding: answer.body, as: UTF8.self)) else {
            self = .tooManyAttempts
            return
        }
        guard let root = StripeAnswer.object(answer.body) else {
            self = .unusableAnswer
            return
        }
        switch StripeFault(root) {
        case .oauth(let code, let description):
            self = StripeExchange.refusal(code: code, description: description, text: text)
        case .api(let fault): self = StripeExchange.refusal(fault, status: answer.status, text: text)
        case .none:
            let credentials = (200..<300).contains(answer.status) ? StripeCredentials(root, mode: mode) : nil
            self = credentials.map { .connected($0) } ?? .unusableAnswer
        }
    }

    private static func refusal(code: String, description: String?, text: StripeText) -> StripeExchange {
        switch code {
        // The original would show the organiser how to send an API key. It is the platform that must.
        case "invalid_client": return .platformRefused
        case "rate_limit": return .tooManyAttempts
        default: break  // Stripe's words, of which there may be new ones at any time
        }
        if let description, asksForPatience(description) { return .tooManyAttempts }
        let shown = text.shown(description ?? code)
        return .refused(shown.isEmpty ? "Stripe refused the code." : shown)
    }

    private static func refusal(_ fault: StripeFault.APIFault, status: Int, text: StripeText) -> StripeExchange {
        if status == 401 || status == 403 { return .platformRefused }
        if status >= 500 || fault.type == "api_error" { return .unusableAnswer }
        if fault.code == "rate_limit" || fault.type == "rate_limit_error" { return .tooManyAttempts }
        if let message = fault.message {
            // The text of a wrong key, should it ever come with another status.
            if message.hasPrefix("Invalid API Key") { return .platformRefused }
            if asksForPatience(message) { return .tooManyAttempts }
        }
        return .refused(text.shown(fault.message ?? fault.code ?? fault.type ?? "Stripe refused the code."))
    }

    /// Stripe's sentence, seen alone and as a description (section 3.5).
    private static func asksForPatience(_ text: String) -> Bool {
        text.hasPrefix("Too many attempts")
    }

    /// The account this exchange tells of.
    var account: String? {
        guard case .connected(let credentials) = self else { return nil }
        return credentials.account.text
    }

    /// For the log.
    var word: String {
        switch self {
        case .connected: "connected"
        case .refused: "refused"
        case .platformRefused: "platform refused"
        case .tooManyAttempts: "too many attempts"
        case .unreachable: "unreachable"
        case .timedOut: "timed out"
        case .unusableAnswer: "unusable answer"
        }
    }
}

extension StripeCredentials {
    /// - Returns: nil without an account id as Stripe writes it, or with a `livemode` that is neither true nor false.
    init?(_ root: JSONValue, mode: StripeMode) {
        guard let account = root["stripe_user_id"]?.string, Name.isValid(account, prefix: "acct_") else { return nil }
        let isLive: Bool
        if let value = root["livemode"], !value.isNull {
            guard let boolean = value.boolean else { return nil }
            isLive = boolean
        } else {
            isLive = mode == .live
        }
        self.init(account: StripeAccountID(account), isLive: isLive)
        scope = root["scope"]?.string.flatMap { Name.isValid($0, prefix: "") ? $0 : nil }
        accessToken = StripeCredentials.secret(root["access_token"])
        refreshToken = StripeCredentials.secret(root["refresh_token"])
        publishableKey = root["stripe_publishable_key"]?.string.flatMap { Name.isValid($0, prefix: "pk_") ? $0 : nil }
    }

    private static func secret(_ value: JSONValue?) -> [UInt8]? {
        guard let bytes = value?.utf8, !bytes.isEmpty, bytes.count <= 4096 else { return nil }
        return bytes
    }
}
