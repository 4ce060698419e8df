import Payments

/// Reads a snapshot and the segments after it into an index, and finds out where the valid history ends.
///
/// It changes nothing on disk. The rule that separates a torn tail from damage (docs/storage.md, "Recovery"): `dur` of a
/// later line proves that an earlier one had been acknowledged, and so does any byte in a later segment, because a
/// segment is only begun when the one before it is durable.
struct Replay {
    private let fileSystem: any FileSystem
    private let layout: StoreLayout
    private var buffer: [UInt8]

    private(set) var index = DocumentIndex()
    /// The sequence number of the last line applied.
    private(set) var last: SequenceNumber = 0
    /// The highest sequence number that some valid line calls durable.
    private(set) var durable: SequenceNumber = 0
    /// Where the valid history ends, if that is not the end of the writing.
    private(set) var fault: Fault?
    private(set) var segments: [Segment] = []
    private(set) var lines = 0
    private(set) var snapshotBytes = 0
    /// Whether the last line applied is a seal.
    private(set) var isSealed = true

    /// A segment as far as it was applied.
    struct Segment {
        let number: UInt32
        /// The end of the last line applied: what follows is blank or torn.
        var end = 0
        /// Whether anything but newlines comes after `end`.
        var isTorn = false
    }

    init(fileSystem: any FileSystem, layout: StoreLayout, lineBytes: Int) {
        self.fileSystem = fileSystem
        self.layout = layout
        buffer = LineReader.buffer(for: lineBytes)
    }

    /// Applies a whole snapshot, or refuses it.
    mutating func apply(snapshot number: UInt32) throws(StoreError) {
        let file = FileNumber.snapshot(number)
        var reader = try open(file)
        defer { buffer = reader.reclaim() }
        var expectedOffset = 0
        var count: UInt64 = 0
        while let line = try next(&reader) {
            let bytes = reader.bytes(of: line).span
            guard line.isWhole, line.offset == expectedOffset, JournalLine.isIntact(bytes) else {
                throw .damaged(self.fault(file, line, "the checksum does not match"))
            }
            expectedOffset = line.end
            if let end = JournalLine.end(of: bytes) {
                guard end.lines == count, try next(&reader) == nil else {
                    throw .damaged(self.fault(file, line, "the number of lines is wrong"))
                }
                last = end.sequence
                snapshotBytes = line.end
                isSealed = true
                return
            }
            guard let header = JournalLine.header(of: bytes), put(bytes, header, at: line, of: file) else {
                throw Self.foreign(self.fault(file, line, "the line is not of this format"))
            }
            count += 1
        }
        throw .damaged(Fault(file: layout.path(file), line: 0, byte: 0, sequence: 0, reason: "the end is missing"))
    }

    /// Applies a segment as far as it continues the history; refuses damage to what was acknowledged.
    mutating func apply(segment number: UInt32) throws(StoreError) {
        let file = FileNumber.segment(number)
        var reader = try open(file)
        defer { buffer = reader.reclaim() }
        var segment = Segment(number: number)
        while let line = try next(&reader) {
            if let fault, segments.contains(where: \.isTorn) { throw .damaged(fault) }
            let bytes = reader.bytes(of: line).span
            guard line.isWhole, JournalLine.isIntact(bytes) else {
                durable = max(durable, JournalLine.durable(inside: bytes))
                stop(&segment, at: self.fault(file, line, "the checksum does not match"))
                continue
            }
            guard let header = JournalLine.header(of: bytes) else {
                throw Self.foreign(self.fault(file, line, "the line is not of this format"))
            }
            durable = max(durable, header.durable)
            guard fault == nil, header.sequence == last + 1 else {
                let reason = "seq \(header.sequence) follows \(last)"
                guard header.sequence > last else { throw .damaged(self.fault(file, line, reason)) }
                stop(&segment, at: self.fault(file, line, reason))
                continue
            }
            guard put(bytes, header, at: line, of: file) else {
                throw Self.foreign(self.fault(file, line, "the line is not of this format"))
            }
            last = header.sequence
            segment.end = line.end
        }
        segments.append(segment)
        if let fault, durable > last { throw .damaged(fault) }
    }

    private mutating func stop(_ segment: inout Segment, at place: Fault) {
        segment.isTorn = true
        if fault == nil { fault = place }
    }

    private mutating func put(
        _ bytes: Span<UInt8>, _ header: LineHeader, at line: FileLine, of file: FileNumber
    ) -> Bool {
        let location = Location(offset: UInt64(line.offset), file: file, length: UInt32(line.range.count))
        var isSealed = true
        let isOurs = Put.forEach(in: bytes, from: header.putsStart) { put in
            index[put.fingerprint(in: bytes)] = location
            isSealed = false
        }
        self.isSealed = isSealed
        lines += 1
        return isOurs
    }

    private mutating func open(_ file: FileNumber) throws(StoreError) -> LineReader {
        do throws(FileError) {
            let reader = LineReader(try fileSystem.open(layout.path(file), .read), buffer: buffer)
            buffer = []  // so that there is one owner and no copy
            return reader
        } catch {
            throw StoreError(error)
        }
    }

    private func next(_ reader: inout LineReader) throws(StoreError) -> FileLine? {
        do throws(FileError) {
            return try reader.next()
        } catch {
            throw StoreError(error)
        }
    }

    private func fault(_ file: FileNumber, _ line: FileLine, _ reason: String) -> Fault {
        Fault(file: layout.path(file), line: line.number, byte: line.offset, sequence: last + 1, reason: reason)
    }

    private static func foreign(_ fault: Fault) -> StoreError {
        StoreError(
            .format, "\(fault.text). A newer version of Tollgate wrote it: run that version, nothing was changed.",
            at: fault)
    }
}
