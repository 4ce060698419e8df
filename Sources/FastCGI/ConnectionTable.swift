import Synchronization

/// The connections nobody is answering: each waits in the epoll set of its worker, and can be handed to the next
/// process.
///
/// A descriptor leaves the table before libfcgi sees it, which may close it, and enters it again when its answer has
/// left: so a number the kernel gives away anew is never mistaken for the old connection.
final class ConnectionTable: Sendable {
    private struct Slot: Sendable {
        /// nil while a request of it is being answered, and once it is closed.
        var parked: Connection?
        var worker = 0
        var generation: UInt32 = 0
        /// Whether more arrived meanwhile: the event is gone, so the kernel must be asked again.
        var isSignalled = false
    }

    private struct State: Sendable {
        /// By descriptor.
        var slots: [Slot] = []
        /// Counts the connections of a role.
        var turns: [Listener.Role: UInt] = [:]
    }

    private let state = Mutex(State())
    private let workers: [Worker]
    /// The numbers of the workers that serve a role.
    private let serving: [Listener.Role: [Int]]

    init(workers: [Worker]) {
        self.workers = workers
        serving = Dictionary(grouping: workers.indices) { workers[$0].role }
    }

    /// Takes a connection in that is new to this process, and gives it to the next worker of its role in turn.
    func add(_ connection: Connection) {
        guard let serving = serving[connection.role] else { return connection.close() }
        let (token, worker) = state.withLock { state in
            let index = Int(connection.descriptor)
            if index >= state.slots.count {
                state.slots.append(contentsOf: repeatElement(Slot(), count: index + 64 - state.slots.count))
            }
            let worker = serving[Int(state.turns[connection.role, default: 0] % UInt(serving.count))]
            state.turns[connection.role, default: 0] &+= 1
            let generation = max(1, state.slots[index].generation &+ 1)
            state.slots[index] = Slot(parked: connection, worker: worker, generation: generation)
            return (EventToken(connection: connection.descriptor, generation: generation), worker)
        }
        if !workers[worker].events.add(connection: token) { drop(token) }
    }

    /// Waits for the connection's next request.
    func park(_ connection: Connection) {
        let again: (token: EventToken, worker: Int)? = state.withLock { state in
            let index = Int(connection.descriptor)
            guard state.slots.indices.contains(index) else { return nil }
            defer { state.slots[index].isSignalled = false }
            state.slots[index].parked = connection
            guard state.slots[index].isSignalled else { return nil }
            let generation = state.slots[index].generation
            return (EventToken(connection: connection.descriptor, generation: generation), state.slots[index].worker)
        }
        guard let again else { return }
        if !workers[again.worker].events.rearm(connection: again.token) { drop(again.token) }
    }

    /// The connection is the caller's now; nil when it is being answered, or is gone.
    func take(_ token: EventToken) -> Connection? {
        state.withLock { state in
            let index = Int(token.descriptor)
            guard state.slots.indices.contains(index), state.slots[index].generation == token.generation else {
                return nil
            }
            guard let connection = state.slots[index].parked else {
                state.slots[index].isSignalled = true
                return nil
            }
            state.slots[index].parked = nil
            return connection
        }
    }

    func takeAll() -> [Connection] {
        state.withLock { state in
            let all = state.slots.compactMap(\.parked)
            for index in state.slots.indices { state.slots[index].parked = nil }
            return all
        }
    }

    private func drop(_ token: EventToken) {
        take(token)?.close()
    }
}
