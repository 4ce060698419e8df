import Glibc
import Synchronization

@testable import Storage

/// A disk in memory that remembers every change and every sync, so that a test can cut the power after any of them.
final class SimulatedDisk: FileSystem {
    enum Change: Sendable {
        case directory(String)
        case create(String, inode: Int)
        case write(inode: Int, offset: Int, bytes: [UInt8])
        case truncate(inode: Int, length: Int)
        case rename(String, to: String, inode: Int)
        case unlink(String)
        case sync(inode: Int)
        case syncDirectory(String)
        /// Not of the disk: the store has told someone that this is recorded.
        case acknowledge(String)
    }

    struct Content: Sendable {
        var directories: Set<String> = []
        var names: [String: Int] = [:]
        var inodes: [Int: [UInt8]] = [:]
        var nextInode = 1
        var locked: Set<Int> = []
        var changes: [Change] = []
    }

    let content: Mutex<Content>
    private let queues = Mutex<[String: SimulatedWriteQueue]>([:])

    init(_ content: Content = Content()) {
        self.content = Mutex(content)
    }

    var changes: [Change] { content.withLock { $0.changes } }

    /// Of a file that was opened for commits.
    func queue(of path: String) -> SimulatedWriteQueue? { queues.withLock { $0[path] } }

    func acknowledge(_ id: String) {
        content.withLock { $0.changes.append(.acknowledge(id)) }
    }

    func open(_ path: String, _ access: FileAccess) throws(FileError) -> any File {
        let inode = try content.withLock { content throws(FileError) in
            if let inode = content.names[path] {
                if access == .create || access == .fill { content.apply(.truncate(inode: inode, length: 0)) }
                return inode
            }
            switch access {
            case .read, .readWrite, .commit: throw FileError("open", path, ENOENT)
            case .create, .fill, .openOrCreate:
                let inode = content.nextInode
                content.apply(.create(path, inode: inode))
                return inode
            }
        }
        let file = SimulatedFile(disk: self, inode: inode, path: path)
        guard access == .commit else { return file }
        let queue = SimulatedWriteQueue(file)
        queues.withLock { $0[path] = queue }
        return DirectFile(base: file, direct: SimulatedDirectFile(file), queue: queue)
    }

    func mkdir(_ path: String) throws(FileError) {
        content.withLock { content in
            guard !content.directories.contains(path) else { return }
            content.apply(.directory(path))
        }
    }

    func list(_ path: String) throws(FileError) -> [String] {
        try content.withLock { content throws(FileError) in
            guard content.directories.contains(path) else { throw FileError("opendir", path, ENOENT) }
            let prefix = "\(path)/"
            return (Array(content.names.keys) + content.directories).filter { $0.hasPrefix(prefix) }
                .map { String($0.dropFirst(prefix.count)) }.filter { !$0.contains("/") }
        }
    }

    func rename(_ path: String, to target: String) throws(FileError) {
        try content.withLock { content throws(FileError) in
            guard let inode = content.names[path] else { throw FileError("rename", path, ENOENT) }
            content.apply(.rename(path, to: target, inode: inode))
        }
    }

    func unlink(_ path: String) throws(FileError) {
        try content.withLock { content throws(FileError) in
            guard content.names[path] != nil else { throw FileError("unlink", path, ENOENT) }
            content.apply(.unlink(path))
        }
    }

    func fsyncDirectory(_ path: String) throws(FileError) {
        content.withLock { $0.changes.append(.syncDirectory(path)) }
    }

    func volume(of path: String) throws(FileError) -> Volume {
        Volume(refusal: nil, warnings: [])
    }
}

extension SimulatedDisk.Content {
    mutating func apply(_ change: SimulatedDisk.Change) {
        changes.append(change)
        perform(change)
    }

    mutating func perform(_ change: SimulatedDisk.Change) {
        switch change {
        case .directory(let path):
            directories.insert(path)
        case .create(let path, let inode):
            names[path] = inode
            inodes[inode, default: []] = inodes[inode] ?? []
            nextInode = max(nextInode, inode + 1)
        case .write(let inode, let offset, let bytes):
            var file = inodes[inode] ?? []
            if file.count < offset + bytes.count {
                file.append(contentsOf: repeatElement(0, count: offset + bytes.count - file.count))
            }
            file.replaceSubrange(offset..<offset + bytes.count, with: bytes)
            inodes[inode] = file
        case .truncate(let inode, let length):
            let file = inodes[inode] ?? []
            inodes[inode] = Array(file.prefix(length)) + Array(repeating: 0, count: max(0, length - file.count))
        case .rename(let path, let target, let inode):
            names[path] = nil
            names[target] = inode
        case .unlink(let path):
            names[path] = nil
        case .sync, .syncDirectory, .acknowledge:
            break
        }
    }
}

final class SimulatedFile: File {
    private let disk: SimulatedDisk
    private let inode: Int
    private let path: String
    private let holdsLock = Atomic(false)

    init(disk: SimulatedDisk, inode: Int, path: String) {
        self.disk = disk
        self.inode = inode
        self.path = path
    }

    deinit {
        let (inode, holdsLock) = (inode, holdsLock.load(ordering: .relaxed))
        disk.content.withLock { if holdsLock { $0.locked.remove(inode) } }
    }

    func pwrite(_ bytes: Span<UInt8>, at offset: Int) throws(FileError) -> Int {
        let copy = bytes.array(0..<bytes.count)
        disk.content.withLock { $0.apply(.write(inode: inode, offset: offset, bytes: copy)) }
        return copy.count
    }

    func pread(_ buffer: inout MutableSpan<UInt8>, at offset: Int) throws(FileError) -> Int {
        let file = disk.content.withLock { $0.inodes[inode] ?? [] }
        let count = max(0, min(buffer.count, file.count - offset))
        for index in 0..<count { buffer[index] = file[offset + index] }
        return count
    }

    func fdatasync() throws(FileError) {
        disk.content.withLock { $0.changes.append(.sync(inode: inode)) }
    }

    func fsync() throws(FileError) {
        try fdatasync()
    }

    func ftruncate(_ length: Int) throws(FileError) {
        disk.content.withLock { $0.apply(.truncate(inode: inode, length: length)) }
    }

    func length() throws(FileError) -> Int {
        disk.content.withLock { $0.inodes[inode]?.count ?? 0 }
    }

    func flock() throws(FileError) -> Bool {
        let isFree = disk.content.withLock { $0.locked.insert(inode).inserted }
        if isFree { holdsLock.store(true, ordering: .relaxed) }
        return isFree
    }
}

/// The same file opened past the page cache: whole blocks only, durable when the call returns.
final class SimulatedDirectFile: ForwardingFile {
    let base: any File

    init(_ base: SimulatedFile) {
        self.base = base
    }

    func pwrite(_ bytes: Span<UInt8>, at offset: Int) throws(FileError) -> Int {
        guard offset % 4096 == 0, bytes.count % 4096 == 0 else { throw FileError("pwrite", "", EINVAL) }
        let count = try base.pwrite(bytes, at: offset)
        try base.fdatasync()
        return count
    }
}
