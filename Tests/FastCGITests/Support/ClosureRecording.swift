@testable import FastCGI

/// Does what a test says with a batch and with the end of its flush.
struct ClosureRecording: BatchRecording {
    /// Gets the eventfd, and what runs the batch; says when the next one is due.
    var batch: @Sendable (Int32?, () -> Void) -> UInt64?
    var endFlush: @Sendable (_ waits: Bool) -> Void = { _ in }

    func batch(signalling event: Int32?, _ body: () -> Void) -> UInt64? { batch(event, body) }
    func endFlush(waits: Bool) { endFlush(waits) }
}
