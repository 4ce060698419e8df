import Glibc

/// Why a socket does not do what it should.
struct SocketError: Error {
    let message: String

    static func last(_ what: String) -> SocketError {
        guard let reason = unsafe strerror(errno) else { return SocketError(message: what) }
        return SocketError(message: "\(what): \(unsafe String(cString: reason))")
    }
}
