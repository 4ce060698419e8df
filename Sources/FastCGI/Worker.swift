import Synchronization

/// What belongs to one worker: the connections only it reads from, and the question whether it still does.
final class Worker: Sendable {
    /// Runs what handles all that is ready, and then does what can be done for all of it at once.
    typealias Batch = @Sendable (() -> Void) -> Void

    let role: Listener.Role
    let events = EventPoll()
    let pulse = Pulse()
    private let batch: Batch
    private let hasHandled = Atomic<Bool>(false)

    init(role: Listener.Role, batch: @escaping Batch) {
        self.role = role
        self.batch = batch
    }

    /// Prepares to be woken by the pulse and by `stop`; false when no descriptor is left.
    func listen(to stop: EventDescriptor) -> Bool {
        events.number >= 0 && events.add(latch: stop) && events.add(latch: pulse.question)
    }

    /// Waits until something is ready, and handles it.
    func serve(_ body: (EventToken) -> Void) {
        let ready = events.wait(timeoutMilliseconds: -1)
        batch {
            ready.forEach(body)
            hasHandled.store(true, ordering: .relaxed)
        }
        hasHandled.store(false, ordering: .relaxed)
    }

    /// Whether it takes what is ready, or has handled it and waits for the flush: no restart would mend that.
    func isServing(withinMilliseconds milliseconds: Int32) -> Bool {
        pulse.isAnswered(withinMilliseconds: milliseconds) || hasHandled.load(ordering: .relaxed)
    }
}
