import Glibc

/// Work that has time: it goes in steps of a mebibyte with a pause before each, so that commits, which need the same disk
/// and processors, wait for one step at most.
enum BackgroundWork {
    static let stepBytes = 1 << 20
    /// A segment takes 64 steps, which at the most that was measured lasts for over a second.
    private static let pauseMicroseconds: UInt32 = 5000

    static func pause() {
        _ = usleep(pauseMicroseconds)
    }
}
