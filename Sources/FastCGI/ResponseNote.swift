/// What the request's one log line says beside method, status and duration.
package struct ResponseNote: Sendable, Equatable {
    /// The route's pattern, such as `/purchase/{player_id}`; never the path itself.
    package var route: String
    /// The name of the caller's key; never the key.
    package var keyName: String?
    /// How the caller proved who it is, such as `v1`.
    package var scheme: String?
    /// What the request was about, such as a transaction id.
    package var subject: String?
    /// Why the caller was refused, where the answer does not tell.
    package var reason: String?

    /// What was decided, such as `granted`.
    package var decision: String?

    /// Of all its texts, in bytes.
    var textLength: Int {
        let optional =
            (keyName?.utf8.count ?? 0) + (scheme?.utf8.count ?? 0) + (subject?.utf8.count ?? 0)
            + (reason?.utf8.count ?? 0) + (decision?.utf8.count ?? 0)
        return route.utf8.count + optional
    }

    package init(
        route: String = "", keyName: String? = nil, scheme: String? = nil, subject: String? = nil,
        reason: String? = nil, decision: String? = nil
    ) {
        self.route = route
        self.keyName = keyName
        self.scheme = scheme
        self.subject = subject
        self.reason = reason
        self.decision = decision
    }
}
