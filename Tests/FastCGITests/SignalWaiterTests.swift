import Glibc
import Testing

@testable import FastCGI

struct SignalWaiterTests {
    @Test func `signals arrive as values, and end nothing`() async {
        await #expect(processExitsWith: .success) {
            let signals = SignalWaiter()
            #expect(signals.next(withinMilliseconds: 1) == nil)
            let expected: [(Int32, SignalWaiter.Signal)] = [
                (SIGHUP, .hangUp), (SIGINT, .interrupt), (SIGTERM, .terminate),
            ]
            for (number, signal) in expected {
                // To this thread: the test's process has others, which do not have the signals blocked.
                pthread_kill(pthread_self(), number)
                #expect(signals.next() == signal)
            }
        }
    }
}
