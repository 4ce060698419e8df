import CFCGI
import Glibc
import Logging

/// The one thread that accepts: until there is nothing more to accept, so that a busy server's new connections do not
/// wait for its workers.
struct Acceptor: Sendable {
    private static let exhaustionPauseMicroseconds: UInt32 = 10_000

    let sockets: [ListeningSocket]
    let connections: ConnectionTable
    let configuration: ServerConfiguration
    let stop: EventDescriptor
    let logger: Logger

    /// Accepts until the stop latch is set.
    func run() {
        var descriptors = [stop.number] + sockets.map(\.descriptor)
        var exhaustion = ExhaustionNotice()
        while true {
            let ready = poll(&descriptors)
            if ready.contains(stop.number) { return acceptRest() }
            for socket in sockets where ready.contains(socket.descriptor) {
                guard !acceptAll(socket) else { continue }
                exhaustion.report(errno, logger)
                _ = usleep(Self.exhaustionPauseMicroseconds)
            }
        }
    }

    private func poll(_ descriptors: inout [Int32]) -> [Int32] {
        var set = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        _ = unsafe Glibc.poll(&set, nfds_t(set.count), -1)
        return set.filter { $0.revents != 0 }.map(\.fd)
    }

    /// - Returns: false when the process or the machine has no descriptor or memory left for a connection.
    private func acceptAll(_ socket: ListeningSocket) -> Bool {
        while true {
            guard let connection = socket.accept() else {
                return ![EMFILE, ENFILE, ENOMEM, ENOBUFS].contains(errno)
            }
            connection.setTimeouts(configuration)
            connections.add(connection)
            if socket.isBlocking { return true }
        }
    }

    /// What still waits at our own socket would be lost with it; what waits at an inherited one is the next process's.
    private func acceptRest() {
        for socket in sockets where socket.isOurs {
            socket.unlinkIfOurs()
            _ = acceptAll(socket)
            socket.close()
        }
    }
}
