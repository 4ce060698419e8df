import Glibc
import Synchronization

/// Tells the main thread, which waits for signals, that the store failed.
final class FailureFlag: Sendable {
    private let raised = Atomic(false)

    var isRaised: Bool { raised.load(ordering: .acquiring) }

    func raise() {
        raised.store(true, ordering: .releasing)
        kill(getpid(), SIGTERM)
    }
}
