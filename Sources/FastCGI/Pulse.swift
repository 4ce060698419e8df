import Glibc

/// A question to the workers that any of them answers: it is ready in the epoll set as a connection would be.
final class Pulse: Sendable {
    private let question = EventDescriptor(.latch)
    private let reply = EventDescriptor(.latch)

    var number: Int32 { question.number }

    /// Asks, and waits for the answer.
    func isAnswered(withinMilliseconds milliseconds: Int32) -> Bool {
        question.signal()
        var set = pollfd(fd: reply.number, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&set, 1, milliseconds) == 1 else { return false }
        reply.wait()
        return true
    }

    /// Answers. The caller is the worker that found the question ready, and arms it again.
    func answer() {
        question.wait()
        reply.signal()
    }
}
