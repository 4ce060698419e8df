@testable import Storage

/// Follows the changes of a disk and builds what a power cut could leave of them.
///
/// What was synced is certain. Of the rest, each change of a directory may be lost or kept, and each 512-byte sector of
/// a write may be lost or kept by itself (Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014).
struct PowerCut {
    enum Loss: CaseIterable { case everything, nothing, some, sectors }

    private var durable = SimulatedDisk.Content()
    /// Per inode, since its last sync.
    private var data: [Int: [SimulatedDisk.Change]] = [:]
    /// Per directory, since its last sync.
    private var entries: [String: [SimulatedDisk.Change]] = [:]
    private(set) var acknowledged: [String] = []

    init(after content: SimulatedDisk.Content = SimulatedDisk.Content()) {
        durable = content
        durable.changes = []
        durable.locked = []
    }

    mutating func follow(_ change: SimulatedDisk.Change) {
        switch change {
        case .directory(let path), .create(let path, _), .rename(let path, _, _), .unlink(let path):
            entries[Self.parent(of: path), default: []].append(change)
        case .write(let inode, _, _), .truncate(let inode, _):
            data[inode, default: []].append(change)
        case .sync(let inode):
            for change in data.removeValue(forKey: inode) ?? [] { durable.perform(change) }
        case .syncDirectory(let path):
            for change in entries.removeValue(forKey: Self.normal(path)) ?? [] { durable.perform(change) }
        case .acknowledge(let id):
            acknowledged.append(id)
        }
    }

    func disk(_ loss: Loss, using random: inout SplitMix64) -> SimulatedDisk.Content {
        var content = durable
        for (_, changes) in entries.sorted(by: { $0.key < $1.key }) {
            for change in changes where survives(loss, &random) { content.perform(change) }
        }
        for (_, changes) in data.sorted(by: { $0.key < $1.key }) {
            for change in changes {
                if loss == .sectors, case .write(let inode, let offset, let bytes) = change {
                    let parts = Self.sectors(inode, offset, bytes)
                    for part in parts where random.next() & 1 == 0 { content.perform(part) }
                } else if loss == .sectors, case .truncate(let inode, let length) = change, random.next() & 1 == 0 {
                    Self.zeroLastBlock(of: inode, from: length, in: &content)
                } else if survives(loss, &random) {
                    content.perform(change)
                }
            }
        }
        // A name whose inode never got any data is an empty file.
        for inode in content.names.values where content.inodes[inode] == nil { content.inodes[inode] = [] }
        content.nextInode = 1_000_000 + content.nextInode
        return content
    }

    private func survives(_ loss: Loss, _ random: inout SplitMix64) -> Bool {
        switch loss {
        case .everything: false
        case .nothing: true
        case .some, .sectors: random.next() & 1 == 0
        }
    }

    private static func sectors(_ inode: Int, _ offset: Int, _ bytes: [UInt8]) -> [SimulatedDisk.Change] {
        var parts: [SimulatedDisk.Change] = []
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + 512 - (offset + start) % 512)
            parts.append(.write(inode: inode, offset: offset + start, bytes: Array(bytes[start..<end])))
            start = end
        }
        return parts
    }

    /// ext4 zeroes the rest of the last block before the new length is in its journal (found by crash_blklog.py).
    private static func zeroLastBlock(of inode: Int, from length: Int, in content: inout SimulatedDisk.Content) {
        guard let file = content.inodes[inode], file.count > length else { return }
        let zeros = Array(repeating: UInt8(0), count: min(file.count, (length + 4095) / 4096 * 4096) - length)
        content.perform(.write(inode: inode, offset: length, bytes: zeros))
    }

    private static func parent(of path: String) -> String {
        path.split(separator: "/").dropLast().map { "/\($0)" }.joined()
    }

    private static func normal(_ path: String) -> String {
        path.hasSuffix("/..") ? parent(of: parent(of: path)) : path
    }
}

/// Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", 2014. The same seed gives the same test.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
