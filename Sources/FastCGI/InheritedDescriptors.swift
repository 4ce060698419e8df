import CSystemd
import Glibc

/// What systemd passed in (sd_listen_fds(3)): listening sockets, and connections the previous process left.
package struct InheritedDescriptors: Sendable {
    package var listeners: [Listener] = []
    package var connections: [Connection] = []

    /// Takes what was passed in, and removes the variables that say so: child processes inherit nothing.
    ///
    /// - Throws: when a descriptor has a name nobody knows.
    package static func take(_ notifier: SystemdNotifier) throws(FastCGIError) -> InheritedDescriptors {
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = unsafe sd_listen_fds_with_names(1, &names)
        guard count >= 0 else {
            throw FastCGIError("The descriptors passed in cannot be read: \(SystemCall.reason(-count))")
        }
        guard count > 0, let names = unsafe names else { return InheritedDescriptors() }
        var named: [(Int32, String)] = []
        for index in 0..<Int(count) {
            guard let name = unsafe names[index] else { break }
            named.append((SD_LISTEN_FDS_START + Int32(index), unsafe String(cString: name)))
            unsafe free(name)
        }
        unsafe free(names)
        let inherited = try InheritedDescriptors(named: named)
        if !inherited.connections.isEmpty { notifier.forgetConnections() }
        return inherited
    }

    /// - Throws: when a descriptor has a name nobody knows.
    init(named descriptors: [(descriptor: Int32, name: String)]) throws(FastCGIError) {
        for (descriptor, name) in descriptors {
            if let role = Listener.Role.allCases.first(where: { $0.listenerName == name }) {
                listeners.append(Listener(role: role, source: .inherited(descriptor: descriptor)))
            } else if let role = Listener.Role.allCases.first(where: { $0.connectionName == name }) {
                connections.append(Connection(descriptor: descriptor, role: role))
            } else {
                throw FastCGIError(
                    "systemd passed a descriptor named \(name). Set FileDescriptorName= in the socket unit to "
                        + Listener.Role.allCases.map(\.listenerName).joined(separator: " or ") + ".")
            }
        }
    }

    private init() {}
}
