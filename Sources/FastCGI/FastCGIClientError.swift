import Glibc

/// Why a responder could not be asked, or did not answer.
package enum FastCGIClientError: Error, Sendable, Equatable {
    /// There is no such socket.
    case missing
    /// The socket is there, and nobody listens on it.
    case refused
    /// The caller may not connect to it.
    case forbidden
    /// Another reason why the request was not sent whole, so that nothing was done.
    case unusable(String)
    /// The request was sent, and what became of it is unknown.
    case unanswered(String)

    /// - Parameter code: what connect(2) left in `errno`.
    init(connecting code: Int32) {
        switch code {
        case ENOENT, ENOTDIR: self = .missing
        case ECONNREFUSED: self = .refused
        case EACCES, EPERM: self = .forbidden
        default: self = .unusable(SystemCall.reason(code))
        }
    }
}
