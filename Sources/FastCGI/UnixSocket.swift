/// Where a unix socket is made, and who may connect to it.
package struct UnixSocket: Sendable, Equatable {
    package var path: String
    /// Whoever can connect can end the process (docs/decisions/0003-own-acceptor.md): nobody but nginx and root.
    package var mode: UInt32
    /// The group's name, usually nginx's; the process's own when nil.
    package var group: String?

    package init(path: String, mode: UInt32 = 0o660, group: String? = nil) {
        self.path = path
        self.mode = mode
        self.group = group
    }
}
