import Payments

/// Writes a snapshot next to its place, and puts it there when it is whole and durable.
struct SnapshotWriter {
    private let fileSystem: any FileSystem
    private let layout: StoreLayout
    private let number: FileNumber
    private let file: any File
    private var buffer: [UInt8] = []
    private var lines = 0
    /// What is in the file already.
    private var written = 0
    private static let chunk = 1 << 20

    init(_ number: UInt32, _ fileSystem: any FileSystem, _ layout: StoreLayout) throws(FileError) {
        self.fileSystem = fileSystem
        self.layout = layout
        self.number = .snapshot(number)
        file = try fileSystem.open(layout.temporary(self.number), .create)
        buffer.reserveCapacity(Self.chunk + Self.chunk / 4)
    }

    var length: Int { written + buffer.count }

    /// Adds one document, as a line that looks like one of the journal.
    mutating func append(_ put: ArraySlice<UInt8>, sequence: SequenceNumber) throws(FileError) {
        let puts = [UInt8(ascii: "[")] + put + [UInt8(ascii: "]")]
        JournalLine.append(puts[...], sequence: sequence, durable: sequence, to: &buffer)
        lines += 1
        if buffer.count >= Self.chunk { try flush() }
    }

    mutating func finish(sequence: SequenceNumber) throws(FileError) {
        JournalLine.appendEnd(of: lines, sequence: sequence, to: &buffer)
        try flush()
        try file.fsync()
        try fileSystem.rename(layout.temporary(number), to: layout.path(number))
        try fileSystem.fsyncDirectory(layout.snapshots)
    }

    /// Synced as it grows, so that no commit has to wait behind one long flush at the end.
    private mutating func flush() throws(FileError) {
        try file.writeWhole(buffer.span, at: written)
        try file.fdatasync()
        written += buffer.count
        buffer.removeAll(keepingCapacity: true)
    }
}
