import Foundation
import Glibc

/// Listens on loopback and answers each connection's one request on a thread of its own.
final class FakeServer: Sendable {
    let port: UInt16
    let stripe: FakeStripe
    private let listener: Int32

    /// - Parameter port: 0 for one the system chooses.
    init(port wanted: UInt16, stripe: FakeStripe = FakeStripe()) throws(SocketError) {
        self.stripe = stripe
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard listener >= 0 else { throw .last("socket") }
        var on: Int32 = 1
        unsafe setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        var address = Peer.loopback(port: wanted)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(listener, $0, length) == 0 && listen(listener, 128) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound else {
            let error = SocketError.last("127.0.0.1:\(wanted)")
            close(listener)
            throw error
        }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
    }

    /// Serves on another thread.
    func start() {
        Thread.detachNewThread { self.serve() }
    }

    /// Ends `serve`; connections in use end by themselves.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    /// Serves until `stop`.
    func serve() {
        while true {
            let descriptor = accept(listener, nil, nil)
            if descriptor < 0 && (errno == EINTR || errno == ECONNABORTED) { continue }
            guard descriptor >= 0 else {
                close(listener)
                return
            }
            Thread.detachNewThread { self.serve(Peer(descriptor: descriptor)) }
        }
    }

    private func serve(_ peer: Peer) {
        defer { peer.finish() }
        guard let message = peer.readMessage(), let request = FakeRequest(head: message.head, body: message.body)
        else { return }
        let reply = stripe.answer(request)
        if reply.delayMilliseconds > 0 { usleep(UInt32(reply.delayMilliseconds) * 1000) }
        switch reply.delivery {
        case .send: peer.write(reply.bytes)
        case .half: peer.write(Array(reply.bytes.prefix(reply.bytes.count / 2)))
        case .close: break
        case .silence: _ = peer.readAll()
        }
    }
}
