/// OAuth: codes, and the accounts they led to (contracts: Stripe authorization, sections 3.3 to 3.6).
struct Connections: Sendable {
    /// The account a spent code led to.
    private var spent: [String: String] = [:]
    private var connected: Set<String> = []
    private var revoked: Set<String> = []

    static func isKey(_ text: String) -> Bool {
        (text.hasPrefix("sk_") || text.hasPrefix("rk_")) && !text.contains("WRONG")
    }

    func isRevoked(_ account: String) -> Bool { revoked.contains(account) }

    // MARK: Token

    mutating func token(_ request: FakeRequest) -> Reply {
        guard let key = request.field("client_secret") ?? request.bearer else {
            return .oauth(
                401, "invalid_client",
                "No authentication was provided. Send your secret API key using the Authorization header, or as a "
                    + "client_secret POST parameter.")
        }
        guard Connections.isKey(key) else { return Connections.wrongKey }
        guard let grant = request.field("grant_type") else {
            return .oauth(400, "invalid_request", "No grant type specified")
        }
        guard grant == "authorization_code" else {
            return .oauth(400, "unsupported_grant_type", "The grant type \(grant) is not supported")
        }
        guard let code = request.field("code"), !code.isEmpty else {
            return .oauth(400, "invalid_request", "No authorization code specified")
        }
        if let reply = Connections.refusal(code) { return reply }
        if let account = spent[code] {
            connected.remove(account)
            revoked.insert(account)
            return .oauth(
                400, "invalid_grant",
                "This authorization code has already been used. All tokens issued with this code have been revoked.")
        }
        let account = Connections.account(code)
        spent[code] = account
        connected.insert(account)
        revoked.remove(account)
        return Connections.success(code, account: account, isLive: key.contains("_live_"))
    }

    /// What a code answers that leads to no account, however often it is used.
    private static func refusal(_ code: String) -> Reply? {
        switch code {
        case _ where code.hasPrefix("ac_used"):
            .oauth(400, "invalid_grant", "Authorization code already used: \(code)")
        case _ where code.hasPrefix("ac_expired"): .oauth(400, "invalid_grant", "Authorization code expired")
        case _ where code.hasPrefix("ac_unknown"):
            .oauth(400, "invalid_grant", "Authorization code does not exist: \(code)")
        case _ where code.hasPrefix("ac_utf8"): .oauth(400, "invalid_grant", "Le code a déjà été utilisé – ça suffit 🎟")
        case _ where code.hasPrefix("ac_nodesc"): .oauth(400, "invalid_grant", nil)
        case _ where code.hasPrefix("ac_object_error"): wrongKey
        case _ where code.hasPrefix("ac_api_error"): .internalError
        case _ where code.hasPrefix("ac_429"):
            .oauth(429, "rate_limit", "Too many attempts. Please try again later.")
        case _ where code.hasPrefix("ac_patience"):
            .oauth(400, "invalid_request", "Too many attempts. Please try again later.")
        default: nil
        }
    }

    private static func success(_ code: String, account: String, isLive: Bool) -> Reply {
        let isMinimal = code.hasPrefix("ac_minimal")
        let isLive = isLive || code.hasPrefix("ac_live")
        let (mode, rest) = (isLive ? "live" : "test", rest(code))
        var members: [(String, Value)] = [
            ("livemode", .boolean(isLive)), ("token_type", .string("bearer")), ("scope", .string("read_write")),
        ]
        if !code.hasPrefix("ac_noaccount") { members.append(("stripe_user_id", .string(account))) }
        if !isMinimal {
            members += [
                ("access_token", .string("sk_\(mode)_ACC\(rest)")), ("refresh_token", .string("rt_REF\(rest)")),
                ("stripe_publishable_key", .string("pk_\(mode)_PUB")),
            ]
        }
        let reply = Reply(200, .object(members))
        switch code {
        case _ where code.hasPrefix("ac_slow_"):
            return reply.delayed(milliseconds: code.dropFirst(8).split(separator: "_").first.flatMap { Int($0) } ?? 0)
        case _ where code.hasPrefix("ac_html"): return .gatewayPage
        case _ where code.hasPrefix("ac_notjson"): return Reply(200, text: "stripe_user_id=\(account)")
        case _ where code.hasPrefix("ac_huge"):
            return Reply(200, .object(members + [("padding", .string(String(repeating: "a", count: 200_000)))]))
        case _ where code.hasPrefix("ac_close"): return reply.delivered(.close)
        case _ where code.hasPrefix("ac_half"): return reply.delivered(.half)
        case _ where code.hasPrefix("ac_silent"): return reply.delivered(.silence)
        default: return reply
        }
    }

    private static func account(_ code: String) -> String {
        guard let range = code.utf8.firstRange(of: "_acct_".utf8) else { return "acct_USER\(rest(code))" }
        let name = code[range.upperBound...].prefix { $0 != "-" }
        return "acct_\(name)"
    }

    /// What tells one code from another, in letters and digits.
    private static func rest(_ code: String) -> String {
        let rest = ["ac_ok", "ac_"].first { code.hasPrefix($0) }.map { code.dropFirst($0.count) } ?? code[...]
        return rest.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
    }

    private static let wrongKey = Reply.api(
        401, type: "invalid_request_error", "Invalid API Key provided: sk_test_***")

    // MARK: Deauthorize

    mutating func deauthorize(_ request: FakeRequest) -> Reply {
        guard let key = request.bearer else {
            return .oauth(401, "invalid_client", "No authentication was provided.")
        }
        guard Connections.isKey(key) else { return Connections.wrongKey }
        guard request.field("client_id") != nil, let account = request.field("stripe_user_id") else {
            return .oauth(400, "invalid_request", "Missing parameter: client_id or stripe_user_id")
        }
        guard connected.remove(account) != nil else {
            return .oauth(
                401, "invalid_client",
                "This application is not connected to stripe account \(account), or that account does not exist.")
        }
        revoked.insert(account)
        return Reply(200, .object([("stripe_user_id", .string(account))]))
    }
}
