import Glibc

/// A descriptor of ours, closed when the last reference goes.
final class PosixFile: File {
    private let descriptor: Int32
    private let path: String

    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit {
        // The result says nothing of use: what had to be durable was synced before.
        _ = close(descriptor)
    }

    func pwrite(_ bytes: Span<UInt8>, at offset: Int) throws(FileError) -> Int {
        let count = unsafe bytes.withUnsafeBufferPointer {
            unsafe Glibc.pwrite(descriptor, $0.baseAddress, $0.count, offset)
        }
        return try checked(count, "pwrite")
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
