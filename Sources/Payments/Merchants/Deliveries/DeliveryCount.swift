import Synchronization

/// What became of notifications since the start of the process.
package final class DeliveryCount: Sendable {
    /// Beyond it the count stays behind: so many are one matter, not many.
    private static let limit = 100_000

    private let dead = Mutex<Set<DocumentID>>([])
    private let onAttempt: @Sendable (_ isDelivered: Bool) -> Void

    /// - Parameter onAttempt: called after each attempt.
    package init(onAttempt: @escaping @Sendable (_ isDelivered: Bool) -> Void) {
        self.onAttempt = onAttempt
    }

    /// How many were given up, and not begun again since.
    package var deadCount: Int { dead.withLock { $0.count } }

    func attempted(_ id: DocumentID, isDelivered: Bool) {
        onAttempt(isDelivered)
        if isDelivered { dead.withLock { _ = $0.remove(id) } }
    }

    func settled(_ id: DocumentID, isDead: Bool) {
        dead.withLock { dead in
            if !isDead {
                dead.remove(id)
            } else if dead.count < DeliveryCount.limit {
                dead.insert(id)
            }
        }
    }
}
