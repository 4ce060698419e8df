import Payments

/// Merges the last snapshot and the closed segments after it into the next snapshot, while commits go on.
///
/// A document is copied if the index still points at the very place where it is read; if it does not, a newer version
/// is in a later segment, which a start reads after the snapshot (as bitcask merges its files).
struct Compaction {
    let fileSystem: any FileSystem
    let layout: StoreLayout
    let configuration: JournalConfiguration
    let journal: Journal
    /// 0 when there is none.
    let previous: UInt32
    /// The last segment to be merged; the new snapshot has its number.
    let last: UInt32
    /// Called before every mebibyte that is read.
    let pause: () -> Void

    private var sequence: SequenceNumber = 0

    init(
        fileSystem: any FileSystem, layout: StoreLayout, configuration: JournalConfiguration, journal: Journal,
        previous: UInt32, last: UInt32, pause: @escaping () -> Void
    ) {
        self.fileSystem = fileSystem
        self.layout = layout
        self.configuration = configuration
        self.journal = journal
        self.previous = previous
        self.last = last
        self.pause = pause
    }

    /// Returns the snapshot's length; nil when the journal closed in the meantime.
    mutating func run() throws(CompactionError) -> Int? {
        do throws(CompactionError) {
            var writer = try system { () throws(FileError) in try SnapshotWriter(last, fileSystem, layout) }
            if previous > 0 { try merge(.snapshot(previous), into: &writer) }
            for number in (previous + 1)...last { try merge(.segment(number), into: &writer) }
            guard !journal.isOver else {
                removeTemporary()
                return nil
            }
            try finish(&writer)
            try repoint()
            return writer.length
        } catch {
            removeTemporary()
            throw error
        }
    }

    private mutating func merge(_ file: FileNumber, into writer: inout SnapshotWriter) throws(CompactionError) {
        var reader = try system { () throws(FileError) in
            LineReader(
                try fileSystem.open(layout.path(file), .read), buffer: LineReader.buffer(for: configuration.lineBytes))
        }
        var nextPause = 0
        while !journal.isOver, let line = try system({ () throws(FileError) in try reader.next() }) {
            pauseIfDue(at: line, &nextPause)
            let bytes = reader.bytes(of: line)
            guard line.isWhole, JournalLine.isIntact(bytes.span) else {
                throw .damaged(fault(file, line, "the checksum does not match"))
            }
            if file.isSnapshot, let end = JournalLine.end(of: bytes.span) {
                sequence = end.sequence
                continue
            }
            guard let header = JournalLine.header(of: bytes.span) else {
                throw .damaged(fault(file, line, "the line is not of this format"))
            }
            if !file.isSnapshot {
                guard header.sequence == sequence + 1 else {
                    throw .damaged(fault(file, line, "seq \(header.sequence) follows \(sequence)"))
                }
                sequence = header.sequence
            }
            try copy(live(in: bytes, header, at: line, of: file), of: bytes, header.sequence, into: &writer)
        }
    }

    private func pauseIfDue(at line: FileLine, _ nextPause: inout Int) {
        guard line.offset >= nextPause else { return }
        pause()
        nextPause = line.offset + BackgroundWork.stepBytes
    }

    /// The puts that are still the newest version of their document.
    private func live(
        in bytes: ArraySlice<UInt8>, _ header: LineHeader, at line: FileLine, of file: FileNumber
    ) -> [Range<Int>] {
        let location = Location(offset: UInt64(line.offset), file: file, length: UInt32(bytes.count))
        var puts: [Range<Int>] = []
        _ = Put.forEach(in: bytes.span, from: header.putsStart) { put in
            if journal.location(of: put.fingerprint(in: bytes.span)) == location { puts.append(put.whole) }
        }
        return puts
    }

    private func copy(
        _ puts: [Range<Int>], of bytes: ArraySlice<UInt8>, _ sequence: SequenceNumber,
        into writer: inout SnapshotWriter
    ) throws(CompactionError) {
        for put in puts {
            let put = bytes[bytes.startIndex + put.lowerBound..<bytes.startIndex + put.upperBound]
            try system { () throws(FileError) in try writer.append(put, sequence: sequence) }
        }
    }

    private func finish(_ writer: inout SnapshotWriter) throws(CompactionError) {
        try system { () throws(FileError) in try writer.finish(sequence: sequence) }
    }

    /// Points the index at the snapshot, a few documents at a time so that no transaction waits long. Whatever still
    /// points at a merged file is what was copied from there: since then a document can only have moved to later files.
    private func repoint() throws(CompactionError) {
        let file = FileNumber.snapshot(last)
        var reader = try system { () throws(FileError) in
            LineReader(
                try fileSystem.open(layout.path(file), .read), buffer: LineReader.buffer(for: configuration.lineBytes))
        }
        var batch: [(Fingerprint, Location)] = []
        var nextPause = 0
        while let line = try system({ () throws(FileError) in try reader.next() }) {
            pauseIfDue(at: line, &nextPause)
            let bytes = reader.bytes(of: line).span
            guard let header = JournalLine.header(of: bytes) else { continue }  // the end
            let location = Location(offset: UInt64(line.offset), file: file, length: UInt32(bytes.count))
            _ = Put.forEach(in: bytes, from: header.putsStart) { put in
                batch.append((put.fingerprint(in: bytes), location))
            }
            if batch.count >= 128 {
                journal.repoint(batch, to: file)
                batch.removeAll(keepingCapacity: true)
            }
        }
        journal.repoint(batch, to: file)
    }

    /// If that fails, the next start removes it.
    private func removeTemporary() {
        try? fileSystem.unlink(layout.temporary(.snapshot(last)))
    }

    private func fault(_ file: FileNumber, _ line: FileLine, _ reason: String) -> Fault {
        Fault(file: layout.path(file), line: line.number, byte: line.offset, sequence: sequence + 1, reason: reason)
    }

    private func system<Result>(_ body: () throws(FileError) -> Result) throws(CompactionError) -> Result {
        do throws(FileError) {
            return try body()
        } catch {
            throw .system(error)
        }
    }
}

enum CompactionError: Error {
    case damaged(Fault)
    case system(FileError)
}
