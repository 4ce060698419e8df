import CFCGI
import Glibc

/// An accepted connection nobody is reading at the moment.
package struct Connection: Sendable, Equatable {
    package let descriptor: Int32
    package let role: Listener.Role
    /// Whether no request has been read from it yet.
    var isNew: Bool

    package init(descriptor: Int32, role: Listener.Role) {
        self.init(descriptor: descriptor, role: role, isNew: true)
    }

    init(descriptor: Int32, role: Listener.Role, isNew: Bool) {
        self.descriptor = descriptor
        self.role = role
        self.isNew = isNew
    }

    /// libfcgi knows no time-outs, and they are not inherited from a listening unix socket.
    func setTimeouts(_ configuration: ServerConfiguration) {
        setTimeouts(
            receiveMilliseconds: configuration.receiveTimeoutMilliseconds,
            sendMilliseconds: configuration.sendTimeoutMilliseconds)
    }

    func setTimeouts(receiveMilliseconds: Int, sendMilliseconds: Int) {
        set(SO_RCVTIMEO, milliseconds: receiveMilliseconds)
        set(SO_SNDTIMEO, milliseconds: sendMilliseconds)
    }

    /// The user id of whoever connected (SO_PEERCRED, unix(7)); nil when the kernel does not tell.
    var peerUser: UInt32? {
        // struct ucred: pid, uid, gid. glibc declares it for _GNU_SOURCE only, which Swift's importer does not define.
        var credentials: [UInt32] = [0, 0, 0]
        var size = socklen_t(credentials.count * MemoryLayout<UInt32>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 else { return nil }
        return credentials[1]
    }

    private func set(_ option: Int32, milliseconds: Int) {
        var time = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Whether what a new peer has sent so far is the beginning of a request.
    ///
    /// nginx sends a request in one go. A peer that sends a byte and falls silent, or begins with a management record
    /// (four names in FCGI_GET_VALUES end the process, see docs/decisions/0003), never reaches libfcgi.
    var beginsRequest: Bool {
        var record = [UInt8](repeating: 0, count: 16)
        let received = unsafe recv(descriptor, &record, record.count, Int32(MSG_PEEK | MSG_DONTWAIT))
        return received == record.count && record[0] == FCGIRecord.version && record[1] == FCGIRecord.beginRequest
    }

    func close() {
        _ = Glibc.close(descriptor)
    }
}
