import Glibc

extension SystemCall {
    /// Writes all bytes, however long that takes: a signal or a short write (pipe(7)) does not end it.
    ///
    /// - Returns: how many were written: fewer than there are when the descriptor takes no more.
    package static func writeWhole(_ bytes: [UInt8], to descriptor: Int32) -> Int {
        var start = 0
        while start < bytes.count {
            let written = unsafe bytes[start...].withUnsafeBytes { rest in
                unsafe write(descriptor, rest.baseAddress, rest.count)
            }
            if written > 0 {
                start += written
            } else if written < 0, errno == EAGAIN {
                // Whoever shares the descriptor made it non-blocking.
                var writable = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&writable, 1, -1)
            } else if written == 0 || errno != EINTR {
                break
            }
        }
        return start
    }
}
