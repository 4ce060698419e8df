import Synchronization

/// What belongs to one worker: the connections only it reads from, and the question whether it still does.
final class Worker: Sendable {
    let role: Listener.Role
    let events = EventPoll()
    let pulse = Pulse()
    private let recording: any BatchRecording
    private let flushed = EventDescriptor(.latch)
    private let hasHandled = Atomic<Bool>(false)
    /// In how many nanoseconds the next batch is due; touched by its own thread.
    private let due = Mutex<UInt64?>(nil)

    init(role: Listener.Role, recording: any BatchRecording) {
        self.role = role
        self.recording = recording
    }

    /// Prepares to be woken by the pulse, by the end of a flush and by `stop`; false when no descriptor is left.
    func listen(to stop: EventDescriptor) -> Bool {
        events.number >= 0 && events.add(latch: stop) && events.add(latch: pulse.question)
            && events.add(signals: flushed)
    }

    /// Is woken by connections alone from now on.
    func listenToConnectionsOnly(stop: EventDescriptor) {
        for latch in [stop, pulse.question, flushed] { events.remove(latch: latch) }
    }

    /// Waits until something is ready, and has it handled.
    func serve(_ body: (inout ReadyEvents) -> Void) {
        var ready = events.wait(timeoutNanoseconds: due.withLock { $0 })
        let next = recording.batch(signalling: flushed.number) {
            // First what has waited for longest.
            if ready.remove(EventToken(latch: flushed.number)) { recording.endFlush(waits: false) }
            body(&ready)
            hasHandled.store(true, ordering: .relaxed)
        }
        hasHandled.store(false, ordering: .relaxed)
        due.withLock { $0 = next }
    }

    /// Waits for the flush that its last batch has begun, and has flushed what that batch left to another.
    func finish() {
        recording.endFlush(waits: true)
        if due.withLock({ $0 }) != nil { _ = recording.batch(signalling: nil) {} }
    }

    /// Whether it takes what is ready, or has handled it and waits for the flush: no restart would mend that.
    func isServing(withinMilliseconds milliseconds: Int32) -> Bool {
        pulse.isAnswered(withinMilliseconds: milliseconds) || hasHandled.load(ordering: .relaxed)
    }
}
