import Payments

/// Opens the folder of a store for its one writer: takes the lock, reads everything, and cuts a torn tail.
///
/// Whatever it refuses, it has changed nothing before. What it changes it may change again: a crash at any of its steps
/// leaves a store that it opens to the same state.
struct Recovery {
    let fileSystem: any FileSystem
    let layout: StoreLayout
    let configuration: JournalConfiguration

    func run() throws(StoreError) -> RecoveredStore {
        try StoreError.wrap { () throws(FileError) in try fileSystem.mkdir(layout.root) }
        let volume = try StoreError.wrap { () throws(FileError) in try fileSystem.volume(of: layout.root) }
        if let refusal = volume.refusal, !configuration.allowsAnyVolume { throw StoreError(.volume, refusal) }
        let lock = try StoreLock.acquire(fileSystem, layout)
        let files = try describe()
        var index = DocumentIndex()
        let replay = try read(files, into: &index)
        try StoreError.wrap { () throws(FileError) in try removeTemporaries() }
        var warnings = volume.warnings
        if let fault = replay.fault {
            warnings.append("A torn tail was moved to quarantine/, no acknowledged record is in it. \(fault.text)")
        }
        let kept = try StoreError.wrap { () throws(FileError) in try trim(replay) }
        return RecoveredStore(
            lock: lock, index: index, last: replay.last ?? 0, isSealed: replay.isSealed, lines: replay.lines,
            snapshots: files.snapshots, openNumber: (kept.last?.number ?? files.snapshots.last ?? 0) + 1,
            snapshotBytes: replay.snapshotBytes, journalBytes: kept.reduce(0) { $0 + $1.end }, warnings: warnings)
    }

    /// Reads or creates `STORE.json` and the folders.
    private func describe() throws(StoreError) -> StoreFiles {
        let present = try StoreError.wrap { () throws(FileError) in
            try fileSystem.contents(of: layout.description, atMost: 4096)
        }
        let files = try StoreError.wrap { () throws(FileError) in try StoreFiles(fileSystem, layout) }
        if let present {
            _ = try StoreDescription(parsing: present)
        } else if files.isEmpty {
            try StoreError.wrap { () throws(FileError) in try create() }
        } else {
            throw StoreError(.damaged, "STORE.json is missing: restore it from a backup. Nothing was changed.")
        }
        return files
    }

    private func read(_ files: StoreFiles, into index: inout DocumentIndex) throws(StoreError) -> Replay {
        var replay = Replay(after: 0, fileSystem: fileSystem, layout: layout, lineBytes: configuration.lineBytes)
        if files.snapshots.isEmpty, let first = files.segments.first, first != 1 {
            throw .damaged(replay.missing(.segment(1)))
        }
        try replay.run(files.current) { line, header, location in
            Put.forEach(in: line, from: header.putsStart) { put in index[put.fingerprint(in: line)] = location }
        }
        return replay
    }

    /// `STORE.json` comes last: with it, the store exists.
    private func create() throws(FileError) {
        for directory in [layout.journal, layout.snapshots, layout.quarantine] { try fileSystem.mkdir(directory) }
        try fileSystem.fsyncDirectory(layout.root)
        try fileSystem.fsyncDirectory("\(layout.root)/..")
        let description = StoreDescription(identity: StoreDescription.newIdentity())
        try fileSystem.writeAtomically(description.json, to: layout.description, in: layout.root)
    }

    private func removeTemporaries() throws(FileError) {
        for directory in [layout.root, layout.journal, layout.snapshots] {
            for name in try fileSystem.list(directory) where name.hasSuffix(".tmp") {
                try fileSystem.unlink("\(directory)/\(name)")
            }
        }
    }

    /// Cuts the last segment after its last line and removes the empty ones after it, durably and before anything is
    /// appended: a torn line left behind would later stand in the middle of the history. Returns the segments kept.
    private func trim(_ replay: Replay) throws(FileError) -> ArraySlice<Replay.Segment> {
        // From the last on and each for certain, so that no crash leaves a gap.
        var kept = replay.segments[...]
        while let segment = kept.last, segment.end == 0 {
            if segment.isTorn { try quarantine(segment) }
            try fileSystem.unlink(layout.path(.segment(segment.number)))
            try fileSystem.fsyncDirectory(layout.journal)
            kept.removeLast()
        }
        if let segment = kept.last {
            if segment.isTorn { try quarantine(segment) }
            let file = try fileSystem.open(layout.path(.segment(segment.number)), .readWrite)
            if try file.length() > segment.end {
                try file.ftruncate(segment.end)
                try file.fsync()
            }
        }
        return kept
    }

    /// Keeps what is cut off, for whoever wants to know what the machine was doing. Blank space is left out.
    private func quarantine(_ segment: Replay.Segment) throws(FileError) {
        let file = FileNumber.segment(segment.number)
        let source = try fileSystem.open(layout.path(file), .read)
        var reader = LineReader(source, buffer: LineReader.buffer(for: configuration.lineBytes), from: segment.end)
        let copy = try fileSystem.open(layout.quarantined(file, from: segment.end), .create)
        var length = 0
        while let line = try reader.next() {
            let bytes = Array(reader.bytes(of: line)) + [UInt8(ascii: "\n")]
            try copy.writeWhole(bytes.span, at: length)
            length += bytes.count
        }
        try copy.fsync()
        try fileSystem.fsyncDirectory(layout.quarantine)
    }
}

/// A store that is ready to be appended to.
struct RecoveredStore {
    /// Holds the lock as long as it lives.
    let lock: any File
    let index: DocumentIndex
    let last: SequenceNumber
    let isSealed: Bool
    let lines: Int
    /// The numbers of all snapshots, ascending; the last one was read.
    let snapshots: [UInt32]
    /// The number of the segment to begin.
    let openNumber: UInt32
    let snapshotBytes: Int
    /// The length of the segments after the snapshot.
    let journalBytes: Int
    let warnings: [String]
}
