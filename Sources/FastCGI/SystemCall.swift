import Glibc

/// The one place where a system call's result becomes a Swift error.
package enum SystemCall {
    /// Returns the result, or throws `what` with the reason the kernel gave.
    @discardableResult
    static func check(_ result: Int32, _ what: @autoclosure () -> String) throws(FastCGIError) -> Int32 {
        guard result < 0 else { return result }
        throw FastCGIError("\(what()): \(reason(errno))")
    }

    static func reason(_ code: Int32) -> String {
        // The text is the calling thread's own since glibc 2.32 (strerror(3)).
        guard let text = unsafe strerror(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }
}
