@testable import FastCGI

/// Does what a test says with a batch and with the end of its flush.
struct ClosureRecording: BatchRecording {
    /// Gets the eventfd, and what runs the batch.
    var batch: @Sendable (Int32, () -> Void) -> Void
    var endFlush: @Sendable (_ waits: Bool) -> Void = { _ in }

    func batch(signalling event: Int32, _ body: () -> Void) { batch(event, body) }
    func endFlush(waits: Bool) { endFlush(waits) }
}
