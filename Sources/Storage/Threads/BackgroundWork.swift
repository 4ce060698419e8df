import Glibc

/// Work that has time: it goes in steps of a mebibyte with a pause before each, so that commits, which need the same disk
/// and processors, wait for one step at most.
enum BackgroundWork {
    static let stepBytes = 1 << 20
    private static let pauseMicroseconds: UInt32 = 5000

    /// How the next step is made.
    enum Pace: Sendable {
        /// After a pause, and synced by itself.
        case steady
        /// At once: somebody waits for the end of it.
        case hurried
        /// Not at all.
        case stopped
    }

    static func pause() {
        _ = usleep(pauseMicroseconds)
    }
}
