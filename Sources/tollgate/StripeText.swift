import JSON
import Payments

/// A Stripe authorization as an operator reads it: everything but its secrets.
enum StripeText {
    static func row(_ authorization: StripeAuthorization) -> [String] {
        [
            "\(authorization.number)", "\(authorization.event)", mode(authorization.isLive),
            authorization.state.rawValue, Moment.text(authorization.history.connected),
            "\(authorization.connectedBy)", authorization.history.ended.map(Moment.text) ?? "-",
        ]
    }

    /// - Parameter account: the account it belongs to, where the state knows it.
    static func page(_ authorization: StripeAuthorization, _ account: StripeAccount?) -> [String] {
        var lines = [
            "authorization:   \(authorization.number)",
            "event:           \(authorization.event)",
            "mode:            \(mode(authorization.isLive))",
            "state:           \(authorization.state.rawValue)",
            "created:         \(Moment.text(authorization.history.created))",
            "connected:       \(Moment.text(authorization.history.connected)) by user \(authorization.connectedBy)",
        ]
        if let ended = authorization.history.ended { lines.append("ended:           \(Moment.text(ended))") }
        if let scope = authorization.scope { lines.append("scope:           \(Printable.text(scope))") }
        if authorization.state == .present {
            let key = authorization.publishableKey.map(Printable.text) ?? "the platform's"
            lines.append("publishable key: \(key)")
            lines.append("access token:    \(secret(authorization.accessToken))")
            lines.append("refresh token:   \(secret(authorization.refreshToken))")
        }
        if let account { lines.append("account:         \(use(of: account))") }
        return lines
    }

    static func write(_ authorization: StripeAuthorization, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", authorization.number.number)
        writer.member("event", authorization.event.number)
        writer.member("live", authorization.isLive)
        writer.member("state", authorization.state.rawValue)
        writer.member("created", Moment.text(authorization.history.created))
        writer.member("connected", Moment.text(authorization.history.connected))
        writer.member("connectedBy", authorization.connectedBy.number)
        if let ended = authorization.history.ended { writer.member("ended", Moment.text(ended)) }
        if let scope = authorization.scope { writer.member("scope", scope) }
        if let key = authorization.publishableKey { writer.member("publishableKey", key) }
        if let token = authorization.accessToken ?? authorization.refreshToken {
            writer.member("sealedWith", token.key)
        }
        writer.endObject()
    }

    static func mode(_ isLive: Bool) -> String { isLive ? "live" : "test" }

    private static func secret(_ sealed: SealedSecret?) -> String {
        sealed.map { "sealed with the key \(Printable.text($0.key))" } ?? "none"
    }

    private static func use(of account: StripeAccount) -> String {
        if let waiting = account.deauthorization {
            return "Stripe must still be told to let go of it, since \(Moment.text(waiting.since))"
        }
        guard !account.authorizations.isEmpty else { return "not used any more" }
        return "used by authorizations " + account.authorizations.map(\.description).joined(separator: ", ")
    }
}
