/// A question to the workers that any of them answers: it is ready in the epoll set as a connection would be.
final class Pulse: Sendable {
    private let question = EventDescriptor(.latch)
    private let reply = EventDescriptor(.latch)

    var number: Int32 { question.number }

    /// Asks, and waits for the answer.
    func isAnswered(withinMilliseconds milliseconds: Int32) -> Bool {
        question.signal()
        return reply.wait(milliseconds: milliseconds)
    }

    /// Answers. The caller is the worker that found the question ready, and arms it again.
    func answer() {
        question.wait()
        reply.signal()
    }
}
