import Glibc
import Testing

@testable import Payments
@testable import Storage

@Suite struct SegmentSupplyTests {
    private let disk = SimulatedDisk()

    @Test func `a segment that is not wanted any more is given up between two mebibytes, and leaves nothing`() throws {
        let layout = StoreLayout(root: "/store")
        try disk.mkdir("/store")
        try disk.mkdir(layout.journal)
        var asked = 0
        let failure = #expect(throws: FileError.self) {
            try OpenSegment.prepare(7, capacity: 64 << 20, disk, layout) {
                asked += 1
                return asked > 3 ? .stopped : .hurried
            }
        }
        #expect(failure?.isCancelled == true)
        #expect(asked == 4)
        #expect(try disk.list(layout.journal).isEmpty)
    }

    @Test func `a segment is synced as it grows, so that a commit waits for a mebibyte at most; a small one is not`()
        throws
    {
        let layout = StoreLayout(root: "/store")
        try disk.mkdir("/store")
        try disk.mkdir(layout.journal)
        let gate = CallGate(disk)
        gate.fail("fdatasync", in: "", with: EIO)
        let steady = { BackgroundWork.Pace.steady }
        #expect(throws: FileError.self) { try OpenSegment.prepare(7, capacity: 3 << 20, gate, layout, pace: steady) }
        #expect(try disk.list(layout.journal).isEmpty)
        #expect(try OpenSegment.prepare(8, capacity: 1 << 20, gate, layout, pace: steady).room == 1 << 20)
        // Nor one that somebody waits for.
        #expect(try OpenSegment.prepare(9, capacity: 3 << 20, gate, layout).room == 3 << 20)
    }

    @Test func `a store that is closed at once does not wait for the segment in the making`() throws {
        let directory = try TemporaryDirectory()
        let repository = try JournalRepository.make(directory.store, .make(segmentBytes: 2 << 30))
        let began = MonotonicTime.nanoseconds
        repository.close()
        // Two gibibytes take longer on any disk.
        #expect(MonotonicTime.nanoseconds - began < 500_000_000)
        #expect(try JournalRepository.make(directory.store).linesRead == 0)
    }
}
