/// Makes durable what the requests that were ready at once have recorded.
package protocol BatchRecording: Sendable {
    /// Runs `body`, which handles them.
    ///
    /// - Parameter event: an eventfd (eventfd(2)) that is signalled when `endFlush` is to be called. Without it all is
    ///   durable when this returns, or left to others.
    /// - Returns: in how many nanoseconds at the latest the next batch must be run, if need be an empty one; nil when
    ///   there need be none.
    func batch(signalling event: Int32?, _ body: () -> Void) -> UInt64?
    /// Releases the answers of a batch whose flush is over; called within a batch.
    ///
    /// - Parameter waits: whether to wait for the flush that is under way.
    func endFlush(waits: Bool)
}

/// Records nothing.
struct NoRecording: BatchRecording {
    func batch(signalling event: Int32?, _ body: () -> Void) -> UInt64? {
        body()
        return nil
    }
    func endFlush(waits: Bool) {}
}
