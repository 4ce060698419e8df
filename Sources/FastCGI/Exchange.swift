import CFCGI
import Synchronization

/// One `FCGX_Request` of libfcgi, used for one request after another; the only place its pointers are touched.
///
/// It goes from worker to whoever sends the answer, one at a time. The lock is never contended; it is what lets the
/// compiler check that.
final class Exchange: Sendable {
    /// What came over a connection that was ready.
    enum Reception: Sendable {
        /// No request: the peer closed, or broke the protocol. The connection is closed.
        case none
        case request(Request)
        /// Must be answered with a refusal. Where its form is the reason, the request holds no header; nil when it
        /// has no path.
        case refused(Refusal, Request?)
    }

    struct Sent: Sendable {
        var bytes: Int
        /// The connection, when it stays open for another request.
        var kept: Connection?
    }

    private let state: Mutex<ExchangeState>

    init() {
        state = Mutex(ExchangeState())
    }

    /// Reads one request to its end, from a connection that is ready.
    func receive(from connection: Connection, _ configuration: ServerConfiguration) -> Reception {
        state.withLock { $0.receive(from: connection, configuration) }
    }

    /// Writes the answer and ends the request.
    ///
    /// - Parameter closing: whether the connection is closed even though its peer would keep it.
    func send(_ response: Response, closing: Bool = false) -> Sent {
        state.withLock { $0.send(response, closing: closing) }
    }
}
