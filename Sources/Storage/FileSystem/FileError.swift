import Glibc

/// A system call that failed: which one, on which file, and why.
package struct FileError: Error, Sendable, Equatable {
    package let call: String
    package let path: String
    package let number: Int32

    package init(_ call: String, _ path: String, _ number: Int32) {
        self.call = call
        self.path = path
        self.number = number
    }

    package var isMissing: Bool { number == ENOENT }
    package var isInterrupted: Bool { number == EINTR }
    /// No space, no inode, or no quota left: the one failure that may pass by itself.
    package var isFull: Bool { number == ENOSPC || number == EDQUOT }

    /// Given up because it is not wanted any more.
    static func cancelled(_ path: String) -> FileError { FileError("write", path, ECANCELED) }

    var isCancelled: Bool { number == ECANCELED }

    /// Such as `fdatasync journal/000000000042.jsonl: Input/output error`.
    package var text: String {
        var buffer = [CChar](repeating: 0, count: 128)
        let capacity = buffer.count
        // strerror(3) is not thread-safe; this is the XSI form, which fills the buffer.
        _ = unsafe strerror_r(number, &buffer, capacity)
        let reason = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return "\(call) \(path): \(reason)"
    }
}
