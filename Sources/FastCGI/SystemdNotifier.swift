import CSystemd
import Glibc

/// Tells systemd what the service does (sd_notify(3)), and leaves connections in its descriptor store.
///
/// Without NOTIFY_SOCKET in the environment nobody listens, and nothing is done.
package struct SystemdNotifier: Sendable {
    /// One message carries at most 253 descriptors (SCM_MAX_FD, unix(7)).
    private static let descriptorsPerMessage = 253
    private static let barrierTimeoutMicroseconds: UInt64 = 5_000_000

    package let isActive: Bool
    /// Within which time systemd wants to hear `watchdog()` (the unit's WatchdogSec=); nil when it does not.
    package let watchdogMilliseconds: Int?

    package init() {
        isActive = unsafe getenv("NOTIFY_SOCKET") != nil
        var microseconds: UInt64 = 0
        let isWatched = unsafe sd_watchdog_enabled(0, &microseconds) > 0
        watchdogMilliseconds = isWatched ? Int(clamping: microseconds / 1000) : nil
    }

    /// Start is complete. The status is one line for `systemctl status`.
    package func ready(status: String) {
        notify("READY=1\nSTATUS=\(Self.line(status))")
    }

    /// One line for `systemctl status`; it stays there when the process has ended.
    package func status(_ text: String) {
        notify("STATUS=\(Self.line(text))")
    }

    /// A reload begins; `ready` ends it, whatever came of it. Since systemd 253 the time is demanded (sd_notify(3)).
    package func reloading() {
        notify("RELOADING=1\nMONOTONIC_USEC=\(MonotonicClock.nanoseconds / 1000)")
    }

    package func stopping() {
        notify("STOPPING=1")
    }

    package func watchdog() {
        notify("WATCHDOG=1")
    }

    /// The store's copies of the connections taken over are not needed any more: with them there, a connection we
    /// close would stay open for its peer.
    func forgetConnections() {
        for role in Listener.Role.allCases { notify("FDSTOREREMOVE=1\nFDNAME=\(role.connectionName)") }
    }

    /// Leaves connections for the next process, and returns when systemd has them.
    func store(_ connections: [Connection]) {
        guard isActive else { return }
        for role in Listener.Role.allCases {
            var rest = connections.filter { $0.role == role }.map(\.descriptor)[...]
            while !rest.isEmpty {
                let group = Array(rest.prefix(Self.descriptorsPerMessage))
                rest = rest.dropFirst(group.count)
                _ = unsafe sd_pid_notify_with_fds(
                    0, 0, "FDSTORE=1\nFDNAME=\(role.connectionName)", group, UInt32(group.count))
            }
        }
        // Else the last messages may be read when this process is gone, and are dropped (systemd#6162).
        _ = sd_notify_barrier(0, Self.barrierTimeoutMicroseconds)
    }

    private func notify(_ state: String) {
        guard isActive else { return }
        _ = unsafe sd_notify(0, state)
    }

    private static func line(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }
}
