/// What belongs to one worker: the connections only it reads from, and the question whether it still does.
final class Worker: Sendable {
    let events = EventPoll()
    let pulse = Pulse()

    /// Prepares to be woken by the pulse and by `stop`; false when no descriptor is left.
    func listen(to stop: EventDescriptor) -> Bool {
        events.number >= 0 && events.add(latch: stop) && events.add(latch: pulse.question)
    }
}
