import CFCGI
import Glibc

/// A socket that is listening.
struct ListeningSocket: Sendable {
    /// What tells our socket file from another one that was put in its place since.
    private struct File: Sendable, Equatable {
        var path: String
        var device: UInt
        var inode: UInt
    }

    /// Above what a burst of new connections needs; the kernel caps it at net.core.somaxconn.
    private static let backlog: Int32 = 4096

    let descriptor: Int32
    let role: Listener.Role
    /// A blocking socket is accepted from once per wake-up: the flag is shared with whoever made the socket, so it is
    /// not changed here. The unit sets NonBlocking=yes.
    let isBlocking: Bool
    private let file: File?

    /// - Throws: when the socket cannot be made, or the inherited one is not listening.
    init(_ listener: Listener) throws(FastCGIError) {
        role = listener.role
        switch listener.source {
        case .inherited(let number):
            try Self.requireListening(number)
            descriptor = number
            isBlocking = fcntl(number, F_GETFL) & O_NONBLOCK == 0
            file = nil
        case .unix(let socket):
            descriptor = try Self.make(socket)
            isBlocking = false
            file = try Self.file(socket.path)
        }
    }

    var isOurs: Bool { file != nil }

    /// - Returns: nil when there is no connection, or `errno` says why there is none.
    func accept() -> Connection? {
        let accepted = accept4(descriptor, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
        return accepted < 0 ? nil : Connection(descriptor: accepted, role: role)
    }

    /// Takes the socket's file away, unless it is another process's by now: nobody new can connect.
    func unlinkIfOurs() {
        guard let file, let present = try? Self.file(file.path), present == file else { return }
        _ = unsafe unlink(file.path)
    }

    /// Closes our own socket. An inherited one stays open: shutting it down would do so for everybody who has it.
    func close() {
        if isOurs { _ = Glibc.close(descriptor) }
    }

    private static func requireListening(_ descriptor: Int32) throws(FastCGIError) {
        var isListening: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        let result = unsafe getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &size)
        guard result == 0, isListening != 0 else {
            throw FastCGIError("Descriptor \(descriptor), passed in as a listening socket, is none.")
        }
    }

    /// Makes the socket under a temporary name, gives it its rights, and only then its name: nobody can connect who
    /// may not, and a file in the way is replaced in one step.
    private static func make(_ socket: UnixSocket) throws(FastCGIError) -> Int32 {
        let temporary = "\(socket.path).\(getpid())"
        try requireFree(socket.path)
        let descriptor = try SystemCall.check(
            Glibc.socket(
                AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0),
            "No socket can be made for \(socket.path)")
        do throws(FastCGIError) {
            _ = unsafe unlink(temporary)
            let result = try unsafe UnixAddress(temporary).withPointer { unsafe bind(descriptor, $0, $1) }
            try SystemCall.check(result, "The socket \(socket.path) cannot be made")
            if let group = socket.group {
                try SystemCall.check(
                    unsafe chown(temporary, uid_t.max, try groupNumber(group)),
                    "The socket \(socket.path) cannot be given to the group \(group)")
            }
            try SystemCall.check(
                unsafe chmod(temporary, mode_t(socket.mode)), "The mode of the socket \(socket.path) cannot be set")
            try SystemCall.check(listen(descriptor, backlog), "The socket \(socket.path) cannot listen")
            try SystemCall.check(
                unsafe rename(temporary, socket.path), "The socket \(socket.path) cannot be put in its place")
        } catch {
            _ = unsafe unlink(temporary)
            _ = Glibc.close(descriptor)
            throw error
        }
        return descriptor
    }

    /// A socket file nobody listens on any more may be replaced; anything else in the way is somebody's.
    private static func requireFree(_ path: String) throws(FastCGIError) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw FastCGIError("\(path) exists and is not a socket. Remove it, or configure another path.")
        }
        let probe = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { _ = Glibc.close(probe) }
        let result = try unsafe UnixAddress(path).withPointer { unsafe connect(probe, $0, $1) }
        guard result < 0, errno == ECONNREFUSED else {
            throw FastCGIError(
                "Another process listens on \(path). Stop it, or configure another path for this one.")
        }
    }

    private static func groupNumber(_ name: String) throws(FastCGIError) -> gid_t {
        var entry = unsafe group()
        var text = [CChar](repeating: 0, count: 16 * 1024)
        var found: UnsafeMutablePointer<group>?
        let result = unsafe getgrnam_r(name, &entry, &text, text.count, &found)
        guard result == 0, unsafe found != nil else { throw FastCGIError("There is no group \(name).") }
        return unsafe entry.gr_gid
    }

    private static func file(_ path: String) throws(FastCGIError) -> File {
        var status = stat()
        try SystemCall.check(unsafe lstat(path, &status), "The socket \(path) cannot be found")
        return File(path: path, device: UInt(status.st_dev), inode: UInt(status.st_ino))
    }
}
