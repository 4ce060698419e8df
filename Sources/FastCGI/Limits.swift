/// How large a request may be. nginx has limits of its own; these hold whatever is in front.
package struct Limits: Sendable {
    package var bodyBytes: Int
    /// The same on the operator's socket, where a whole configuration may come.
    package var adminBodyBytes: Int
    /// How much of a body over the limit is read and thrown away, so that the connection stays usable.
    package var discardedBytes: Int
    package var parameters: Int
    package var parameterBytes: Int
    package var valueBytes: Int

    package init(
        bodyBytes: Int = 64 * 1024, adminBodyBytes: Int = 8 * 1024 * 1024, discardedBytes: Int = 1024 * 1024,
        parameters: Int = 128,
        parameterBytes: Int = 32 * 1024, valueBytes: Int = 8 * 1024
    ) {
        self.bodyBytes = bodyBytes
        self.adminBodyBytes = adminBodyBytes
        self.discardedBytes = discardedBytes
        self.parameters = parameters
        self.parameterBytes = parameterBytes
        self.valueBytes = valueBytes
    }

    func bodyBytes(for role: Listener.Role) -> Int {
        switch role {
        case .public: bodyBytes
        case .admin: adminBodyBytes
        }
    }
}
