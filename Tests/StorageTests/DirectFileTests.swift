import Glibc
import Testing

@testable import Storage

/// Commits past the page cache leave in the file what writes and syncs would.
struct DirectFileTests {
    private static let capacity = 1 << 20

    /// A file of newlines on a disk in memory.
    private func blank(_ disk: SimulatedDisk) throws -> any File {
        let file = try disk.open("/segment", .create)
        let newlines = [UInt8](repeating: UInt8(ascii: "\n"), count: Self.capacity)
        try file.writeWhole(newlines.span, at: 0)
        return file
    }

    private func commit(_ bytes: [UInt8], to file: any File, at offset: Int) throws(FileError) {
        try file.commit(bytes.span, at: offset)
    }

    private func content(_ file: any File) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: try file.length())
        let count = try file.readWhole(&bytes, at: 0)
        return Array(bytes.prefix(count))
    }

    /// Lengths around those of a block (4,096) and of the buffer (64 of them), and what a purchase takes.
    private static let lengths = [1, 700, 4095, 4096, 4097, 8192 - 701, 3 * 4096, 64 * 4096 - 1, 64 * 4096, 300_000, 5]

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `commits of any length leave what was committed, and newlines`(_ seed: UInt64) throws {
        var random = SplitMix64(state: seed)
        let disk = SimulatedDisk()
        let file = try blank(disk)
        var expected: [UInt8] = []
        var committed = try disk.open("/segment", .commit)
        for (number, length) in Self.lengths.shuffled(using: &random).enumerated() {
            if number % 4 == 3 { committed = try disk.open("/segment", .commit) }
            let bytes = [UInt8](repeating: UInt8(ascii: "a") + UInt8(number), count: length)
            try commit(bytes, to: committed, at: expected.count)
            expected += bytes
        }
        let rest = [UInt8](repeating: UInt8(ascii: "\n"), count: Self.capacity - expected.count)
        #expect(try content(file) == expected + rest)
        // All of it in whole blocks: none was refused, and written through the cache instead.
        for case .write(_, let offset, let bytes) in disk.changes.dropFirst(2) {
            #expect(offset % 4096 == 0 && bytes.count % 4096 == 0)
        }
    }

    @Test func `short and interrupted writes go on`() throws {
        let disk = SimulatedDisk()
        let file = try blank(disk)
        let direct = ScriptedFile(file, [.interrupted, .short(4096), .short(5000), .short(1), .interrupted])
        let committed = DirectFile(base: file, direct: direct)
        let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 20_000)
        try commit(bytes, to: committed, at: 0)
        #expect(direct.isSpent)
        #expect(try content(file).prefix(20_001) == (bytes + [UInt8(ascii: "\n")])[...])
    }

    @Test(arguments: [EIO, ENOSPC]) func `a failure is reported, and not tried again`(_ number: Int32) throws {
        let disk = SimulatedDisk()
        let file = try blank(disk)
        let direct = ScriptedFile(file, [.short(4096), .failed(number)])
        let committed = DirectFile(base: file, direct: direct)
        #expect(throws: FileError("pwrite", "", number)) {
            try commit([UInt8](repeating: 65, count: 9000), to: committed, at: 0)
        }
        #expect(direct.calls == 2)
    }

    @Test func `a file system that takes no direct writes gets a write and a sync`() throws {
        let disk = SimulatedDisk()
        let file = try blank(disk)
        let direct = ScriptedFile(file, [.failed(EINVAL)])
        let committed = DirectFile(base: file, direct: direct)
        try commit([UInt8](repeating: 65, count: 10), to: committed, at: 0)
        try commit([UInt8](repeating: 66, count: 10), to: committed, at: 10)
        #expect(direct.calls == 1)
        #expect(try content(file).prefix(21) == Array("AAAAAAAAAABBBBBBBBBB\n".utf8)[...])
        let syncs = disk.changes.filter { if case .sync = $0 { true } else { false } }
        #expect(syncs.count == 2)
    }

    @Test(arguments: [true, false]) func `on a real file system, too`(_ writesDirectly: Bool) throws {
        let directory = try TemporaryDirectory()
        let system = PosixFileSystem(writesDirectly: writesDirectly)
        let path = "\(directory.path)/segment"
        let created = try system.open(path, .fill)
        // The end is no whole block: it goes through the page cache.
        let blank = BlockBuffer(newlines: 65000)
        try blank.withBytes(first: 65000) { bytes throws(FileError) in try created.writeWhole(bytes, at: 0) }
        try created.writeBack()
        try created.fsync()
        let file = try system.open(path, .commit)
        try commit(Array("first\n".utf8), to: file, at: 0)
        #expect(try content(created).prefix(7) == Array("first\n\n".utf8)[...])
        try commit(Array("second\n".utf8), to: file, at: 6)
        let found = try content(try system.open(path, .read))
        #expect(found.prefix(14) == Array("first\nsecond\n\n".utf8)[...])
        #expect(found.count == 65000 && found.dropFirst(13).allSatisfy { $0 == UInt8(ascii: "\n") })
        if !writesDirectly { #expect(file is PosixFile) }
    }
}
