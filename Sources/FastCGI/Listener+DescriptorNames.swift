extension Listener.Role {
    /// The socket unit's FileDescriptorName=.
    var listenerName: String {
        switch self {
        case .public: "tollgate"
        case .admin: "tollgate-admin"
        }
    }

    /// Under which the descriptor store keeps connections.
    var connectionName: String {
        switch self {
        case .public: "conn"
        case .admin: "conn-admin"
        }
    }
}
