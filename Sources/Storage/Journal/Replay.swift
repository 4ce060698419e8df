import Payments

/// Reads a snapshot and the segments after it in order, and finds out where the valid history ends.
///
/// It changes nothing on disk. The rule that separates a torn tail from damage (docs/storage.md, "Recovery"): `dur` of a
/// later line proves that an earlier one had been acknowledged, and so does any byte in a later segment, because a
/// segment is only begun when the one before it is durable.
struct Replay {
    /// What is done with each valid line: its bytes, its header, where it is. False when its puts are not of our form.
    typealias Visit = (_ line: Span<UInt8>, _ header: LineHeader, _ location: Location) -> Bool

    private let fileSystem: any FileSystem
    private let layout: StoreLayout
    private var buffer: [UInt8]

    /// The sequence number of the last line; nil before the first, when the history may start anywhere.
    private(set) var last: SequenceNumber?
    /// The highest sequence number that some valid line calls durable.
    private(set) var durable: SequenceNumber = 0
    /// Where the valid history ends, if that is not the end of the writing.
    private(set) var fault: Fault?
    private(set) var segments: [Segment] = []
    private(set) var snapshotBytes = 0
    private(set) var lines = 0
    /// Whether the last line is a seal.
    private(set) var isSealed = true

    /// A segment as far as it is valid.
    struct Segment {
        let number: UInt32
        /// The end of the last valid line: what follows is blank or torn.
        var end = 0
        /// Whether anything but newlines comes after `end`.
        var isTorn = false
    }

    /// - Parameter last: the position before the first line, if that is known.
    init(after last: SequenceNumber?, fileSystem: any FileSystem, layout: StoreLayout, lineBytes: Int) {
        self.last = last
        self.fileSystem = fileSystem
        self.layout = layout
        buffer = LineReader.buffer(for: lineBytes)
    }

    /// Reads files in their order: a snapshot, if there is one, and all segments after it.
    mutating func run(_ files: [FileNumber], _ visit: Visit) throws(StoreError) {
        var expected: UInt32?
        for file in files {
            if let expected, file.number != expected { throw .damaged(missing(.segment(expected))) }
            if file.isSnapshot {
                try read(snapshot: file, visit)
            } else {
                try read(segment: file, visit)
            }
            expected = file.number + 1
        }
    }

    func missing(_ file: FileNumber) -> Fault {
        fault(file, "the file is missing")
    }

    /// A fault of a file as a whole.
    func fault(_ file: FileNumber, _ reason: String) -> Fault {
        Fault(file: layout.path(file), line: 0, byte: 0, sequence: (last ?? 0) + 1, reason: reason)
    }

    /// A snapshot is whole or refused.
    private mutating func read(snapshot file: FileNumber, _ visit: Visit) throws(StoreError) {
        var reader = try open(file)
        defer { buffer = reader.reclaim() }
        var count: UInt64 = 0
        while let line = try StoreError.wrap({ () throws(FileError) in try reader.next() }) {
            let bytes = reader.bytes(of: line).span
            guard line.isWhole, line.offset == snapshotBytes, JournalLine.isIntact(bytes) else {
                throw .damaged(fault(file, line, Self.badChecksum))
            }
            snapshotBytes = line.end
            if let end = JournalLine.end(of: bytes) {
                let next = try StoreError.wrap { () throws(FileError) in try reader.next() }
                guard end.lines == count, next == nil else {
                    throw .damaged(fault(file, line, "the number of lines is wrong"))
                }
                last = end.sequence
                isSealed = true
                return
            }
            guard let header = JournalLine.header(of: bytes), visit(bytes, header, line.location(in: file)) else {
                throw .foreign(fault(file, line, Self.badForm))
            }
            count += 1
            lines += 1
        }
        throw .damaged(fault(file, "the end is missing"))
    }

    /// A segment is read as far as it continues the history; damage to what was acknowledged is refused.
    private mutating func read(segment file: FileNumber, _ visit: Visit) throws(StoreError) {
        var reader = try open(file)
        defer { buffer = reader.reclaim() }
        var segment = Segment(number: file.number)
        while let line = try StoreError.wrap({ () throws(FileError) in try reader.next() }) {
            if let fault, segments.contains(where: \.isTorn) { throw .damaged(fault) }
            let bytes = reader.bytes(of: line).span
            guard line.isWhole, JournalLine.isIntact(bytes) else {
                durable = max(durable, JournalLine.durable(inside: bytes))
                stop(&segment, at: fault(file, line, Self.badChecksum))
                continue
            }
            guard let header = JournalLine.header(of: bytes) else { throw .foreign(fault(file, line, Self.badForm)) }
            durable = max(durable, header.durable)
            let last = last ?? header.sequence - 1
            guard header.sequence > last else { throw .damaged(fault(file, line, Self.gap(header, after: last))) }
            guard fault == nil, header.sequence == last + 1 else {
                stop(&segment, at: fault(file, line, Self.gap(header, after: last)))
                continue
            }
            guard visit(bytes, header, line.location(in: file)) else {
                throw .foreign(fault(file, line, Self.badForm))
            }
            self.last = header.sequence
            isSealed = header.isSeal(in: bytes)
            lines += 1
            segment.end = line.end
        }
        segments.append(segment)
        if let fault, durable > last ?? 0 { throw .damaged(fault) }
    }

    private mutating func stop(_ segment: inout Segment, at place: Fault) {
        segment.isTorn = true
        if fault == nil { fault = place }
    }

    private mutating func open(_ file: FileNumber) throws(StoreError) -> LineReader {
        let opened = try StoreError.wrap { () throws(FileError) in try fileSystem.open(layout.path(file), .read) }
        defer { buffer = [] }  // so that there is one owner and no copy
        return LineReader(opened, buffer: buffer)
    }

    private func fault(_ file: FileNumber, _ line: FileLine, _ reason: String) -> Fault {
        Fault(file: layout.path(file), line: line.number, byte: line.offset, sequence: (last ?? 0) + 1, reason: reason)
    }

    private static let badChecksum = "the checksum does not match"
    private static let badForm = "the line is not of this format"

    private static func gap(_ header: LineHeader, after last: SequenceNumber) -> String {
        "seq \(header.sequence) follows \(last)"
    }
}
