/// Sizes and times of a journal. The defaults are those of production; tests use tiny ones.
package struct JournalConfiguration: Sendable {
    /// The first segment after a start is small, because a start waits for it.
    package var firstSegmentBytes = 1 << 20
    package var segmentBytes = 64 << 20
    /// The longest line, and so the largest transaction.
    package var lineBytes = 1 << 20
    /// What may wait for the disk before transactions are turned away.
    package var pendingBytes = 8 << 20
    /// How many documents are kept in memory beside those that are not durable yet; about half a kilobyte each.
    package var cachedDocuments = 16_384
    /// A snapshot is due when the journal has grown by more than this, and by more than the last snapshot's size.
    package var snapshotAfterBytes = 256 << 20
    /// Whether segments and snapshots that two snapshots cover are deleted. Kept segments are the audit trail.
    package var deletesCovered = false
    /// After this long without work a seal is written, which protects the last record against later damage.
    package var sealAfterMilliseconds = 50
    /// Opens a store on a network or user-space file system all the same.
    package var allowsAnyVolume = false

    package init() {}
}
