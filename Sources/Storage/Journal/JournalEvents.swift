package import Payments

/// What the journal tells its owner, on one of its own threads or on that of a caller of `JournalRepository.batch`. None
/// may close the repository, nor wait for whoever calls `batch`.
package struct JournalEvents: Sendable {
    /// Everything up to that position is durable. Called after each sync, by whoever flushed: two may
    /// overlap, and the lower position come last.
    package var onDurable: @Sendable (SequenceNumber) -> Void
    /// Nothing will be recorded any more; the process should end, its successor decides from the disk. Called once.
    package var onFailure: @Sendable (String) -> Void
    /// Something an administrator should see, such as a full disk.
    package var onWarning: @Sendable (String) -> Void
    /// How long it took until a write was durable and seen to be, in nanoseconds. As `onDurable`.
    package var onSync: @Sendable (UInt64) -> Void = { _ in }

    package init(
        onDurable: @escaping @Sendable (SequenceNumber) -> Void,
        onFailure: @escaping @Sendable (String) -> Void,
        onWarning: @escaping @Sendable (String) -> Void
    ) {
        self.onDurable = onDurable
        self.onFailure = onFailure
        self.onWarning = onWarning
    }
}
