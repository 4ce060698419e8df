/// A socket the server accepts connections on, and what may be asked there.
package struct Listener: Sendable {
    /// Who is on the other side. The operator's socket answers routes the public one does not know.
    package enum Role: UInt8, Sendable, CaseIterable {
        case `public` = 1
        case admin = 2
    }

    package enum Source: Sendable, Equatable {
        /// A listening descriptor somebody else made, such as systemd. It is never closed for others, nor shut down.
        case inherited(descriptor: Int32)
        /// A unix socket the server makes at start and removes at stop.
        case unix(UnixSocket)
    }

    package var role: Role
    package var source: Source

    package init(role: Role, source: Source) {
        self.role = role
        self.source = source
    }
}
