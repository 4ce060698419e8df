/// A question to a worker, which it finds ready among its connections and answers.
final class Pulse: Sendable {
    let question = EventDescriptor(.latch)
    private let reply = EventDescriptor(.latch)

    /// Asks, and waits for the answer.
    func isAnswered(withinMilliseconds milliseconds: Int32) -> Bool {
        // An answer that came too late for the question before is none to this one.
        reply.wait(milliseconds: 0)
        question.signal()
        return reply.wait(milliseconds: milliseconds)
    }

    /// Answers. The caller is the worker that found the question ready.
    func answer() {
        question.wait()
        reply.signal()
    }
}
