import Glibc

/// A descriptor of ours, closed when the last reference goes.
final class PosixFile: File {
    private let descriptor: Int32
    /// Of the same file, past the page cache; nil where there is none.
    private let direct: Int32?
    private let path: String

    init(descriptor: Int32, direct: Int32? = nil, path: String) {
        self.descriptor = descriptor
        self.direct = direct
        self.path = path
    }

    deinit {
        // The result says nothing of use: what had to be durable was synced before.
        _ = close(descriptor)
        if let direct { _ = close(direct) }
    }

    /// Past the page cache if it can be: whole blocks from aligned memory, on a file system that has it.
    func pwrite(_ bytes: Span<UInt8>, at offset: Int) throws(FileError) -> Int {
        let count = unsafe bytes.withUnsafeBufferPointer { bytes in
            if let direct {
                let count = unsafe Glibc.pwrite(direct, bytes.baseAddress, bytes.count, offset)
                if count >= 0 || errno != EINVAL { return count }
            }
            return unsafe Glibc.pwrite(descriptor, bytes.baseAddress, bytes.count, offset)
        }
        return try checked(count, "pwrite")
    }

    func writeBack() throws(FileError) {
        if direct == nil { try fdatasync() }
    }

    func pread(_ buffer: inout MutableSpan<UInt8>, at offset: Int) throws(FileError) -> Int {
        let count = unsafe buffer.withUnsafeMutableBufferPointer {
            unsafe Glibc.pread(descriptor, $0.baseAddress, $0.count, offset)
        }
        return try checked(count, "pread")
    }

    func fdatasync() throws(FileError) {
        _ = try checked(Int(Glibc.fdatasync(descriptor)), "fdatasync")
    }

    func fsync() throws(FileError) {
        _ = try checked(Int(Glibc.fsync(descriptor)), "fsync")
    }

    func ftruncate(_ length: Int) throws(FileError) {
        _ = try checked(Int(Glibc.ftruncate(descriptor, length)), "ftruncate")
    }

    func length() throws(FileError) -> Int {
        var status = stat()
        _ = try checked(Int(unsafe fstat(descriptor, &status)), "fstat")
        return status.st_size
    }

    func flock() throws(FileError) -> Bool {
        guard exclusiveLock(descriptor) != 0 else { return true }
        guard errno == EWOULDBLOCK else { throw FileError("flock", path, errno) }
        return false
    }

    private func checked(_ result: Int, _ call: String) throws(FileError) -> Int {
        guard result >= 0 else { throw FileError(call, path, errno) }
        return result
    }
}

/// Outside of the class because its method and the C structure have the same name as the system call.
private func exclusiveLock(_ descriptor: Int32) -> Int32 {
    flock(descriptor, LOCK_EX | LOCK_NB)
}
