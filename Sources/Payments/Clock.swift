/// The wall clock, injected so that tests decide what time it is.
package struct Clock: Sendable {
    /// Milliseconds since the Unix epoch.
    package let milliseconds: @Sendable () -> Int64

    package init(milliseconds: @escaping @Sendable () -> Int64) {
        self.milliseconds = milliseconds
    }
}
