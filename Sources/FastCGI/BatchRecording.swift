/// Makes durable what the requests that were ready at once have recorded.
package protocol BatchRecording: Sendable {
    /// Runs `body`, which handles them.
    ///
    /// - Parameter event: an eventfd (eventfd(2)) that is signalled when `endFlush` is to be called.
    func batch(signalling event: Int32, _ body: () -> Void)
    /// Releases the answers of a batch whose flush is over; called within a batch.
    ///
    /// - Parameter waits: whether to wait for the flush that is under way.
    func endFlush(waits: Bool)
}

/// Records nothing.
struct NoRecording: BatchRecording {
    func batch(signalling event: Int32, _ body: () -> Void) { body() }
    func endFlush(waits: Bool) {}
}
