import Synchronization

/// The connections nobody is reading: they wait in the epoll set, and can be handed to the next process.
///
/// A descriptor leaves the table before libfcgi sees it, which may close it, and enters it again before it is armed:
/// so a number the kernel gives away anew is never mistaken for the old connection.
final class ConnectionTable: Sendable {
    /// By descriptor; nil where nothing is parked.
    private let parked = Mutex<[Connection?]>([])
    private let events: EventPoll

    init(events: EventPoll) {
        self.events = events
    }

    /// Takes a connection in that is new to this process.
    func add(_ connection: Connection) {
        put(connection)
        if !events.add(connection: connection.descriptor) { drop(connection) }
    }

    /// Waits for the connection's next request.
    func park(_ connection: Connection) {
        put(connection)
        if !events.rearm(connection: connection.descriptor) { drop(connection) }
    }

    /// The connection is the caller's now; nil when the descriptor is none of ours.
    func take(_ descriptor: Int32) -> Connection? {
        parked.withLock { parked in
            guard parked.indices.contains(Int(descriptor)) else { return nil }
            defer { parked[Int(descriptor)] = nil }
            return parked[Int(descriptor)]
        }
    }

    func takeAll() -> [Connection] {
        parked.withLock { parked in
            defer { parked = [] }
            return parked.compactMap { $0 }
        }
    }

    private func put(_ connection: Connection) {
        parked.withLock { parked in
            let index = Int(connection.descriptor)
            if index >= parked.count {
                parked.append(contentsOf: repeatElement(nil, count: index + 64 - parked.count))
            }
            parked[index] = connection
        }
    }

    private func drop(_ connection: Connection) {
        take(connection.descriptor)?.close()
    }
}
