import Glibc
import Synchronization

@testable import Storage

/// Fails one system call, by its number: with an error, or by writing or reading less than asked.
final class FailingFileSystem: FileSystem {
    enum Failure: CaseIterable {
        case inputOutput, noSpace, interrupted, short

        var number: Int32 {
            switch self {
            case .inputOutput: EIO
            case .noSpace: ENOSPC
            case .interrupted, .short: EINTR
            }
        }

        /// Which calls it can happen to.
        func applies(to call: String) -> Bool {
            switch self {
            case .inputOutput: true
            case .noSpace: ["open", "mkdir", "pwrite", "fsync", "fdatasync", "rename"].contains(call)
            case .interrupted, .short: ["pwrite", "pread"].contains(call)
            }
        }
    }

    private let base: any FileSystem
    private let failure: Failure
    private let remaining: Atomic<Int>
    private let failed = Mutex<String?>(nil)

    /// - Parameter number: how many calls to which the failure applies go well before it.
    init(_ base: any FileSystem, _ failure: Failure, after number: Int) {
        self.base = base
        self.failure = failure
        remaining = Atomic(number)
    }

    /// The call that failed; nil when none did.
    var failedCall: String? { failed.withLock { $0 } }

    /// Whether this is the call to fail.
    fileprivate func isNext(_ call: String, _ path: String) -> Bool {
        guard failure.applies(to: call), remaining.subtract(1, ordering: .relaxed).oldValue == 0 else { return false }
        failed.withLock { $0 = "\(call) \(path)" }
        return true
    }

    fileprivate func check(_ call: String, _ path: String) throws(FileError) {
        if isNext(call, path) { throw FileError(call, path, failure.number) }
    }

    /// How much of a transfer is made.
    fileprivate func count(_ call: String, _ path: String, of count: Int) throws(FileError) -> Int {
        guard isNext(call, path) else { return count }
        guard failure == .short else { throw FileError(call, path, failure.number) }
        return (count + 1) / 2
    }

    func open(_ path: String, _ access: FileAccess) throws(FileError) -> any File {
        try check("open", path)
        return FailingFile(try base.open(path, access), self, path)
    }

    func mkdir(_ path: String) throws(FileError) {
        try check("mkdir", path)
        try base.mkdir(path)
    }

    func list(_ path: String) throws(FileError) -> [String] {
        try check("list", path)
        return try base.list(path)
    }

    func rename(_ path: String, to target: String) throws(FileError) {
        try check("rename", path)
        try base.rename(path, to: target)
    }

    func unlink(_ path: String) throws(FileError) {
        try check("unlink", path)
        try base.unlink(path)
    }

    func fsyncDirectory(_ path: String) throws(FileError) {
        try check("fsync", path)
        try base.fsyncDirectory(path)
    }

    func volume(of path: String) throws(FileError) -> Volume {
        try base.volume(of: path)
    }
}

private final class FailingFile: ForwardingFile {
    let base: any File
    private let system: FailingFileSystem
    private let path: String

    init(_ base: any File, _ system: FailingFileSystem, _ path: String) {
        self.base = base
        self.system = system
        self.path = path
    }

    func pwrite(_ bytes: Span<UInt8>, at offset: Int) throws(FileError) -> Int {
        let count = try system.count("pwrite", path, of: bytes.count)
        return try base.pwrite(bytes.extracting(first: count), at: offset)
    }

    func pread(_ buffer: inout MutableSpan<UInt8>, at offset: Int) throws(FileError) -> Int {
        let count = try system.count("pread", path, of: buffer.count)
        var part = buffer._mutatingExtracting(first: count)
        return try base.pread(&part, at: offset)
    }

    func fdatasync() throws(FileError) {
        try system.check("fdatasync", path)
        try base.fdatasync()
    }

    func fsync() throws(FileError) {
        try system.check("fsync", path)
        try base.fsync()
    }

    func ftruncate(_ length: Int) throws(FileError) {
        try system.check("ftruncate", path)
        try base.ftruncate(length)
    }
}
