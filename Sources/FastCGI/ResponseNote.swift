/// What the request's one log line says beside method, status and duration.
package struct ResponseNote: Sendable, Equatable {
    /// The route's pattern, such as `/purchase/:id`; never the path itself.
    package var route: String
    /// The name of the caller's key; never the key.
    package var keyName: String?
    /// What the request was about, such as a transaction id.
    package var subject: String?

    package init(route: String = "", keyName: String? = nil, subject: String? = nil) {
        self.route = route
        self.keyName = keyName
        self.subject = subject
    }
}
