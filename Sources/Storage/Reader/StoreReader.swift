package import Payments

/// Reads a store without its lock, while the server runs or when it is stopped: for tools. It changes nothing.
///
/// It sees everything up to the last whole line at the moment it reads.
package struct StoreReader {
    let fileSystem: any FileSystem
    let layout: StoreLayout
    private let lineBytes: Int

    /// A document as the journal holds it.
    package struct Entry: Sendable {
        package let kind: String
        package let id: DocumentID
        /// The line that wrote it.
        package let sequence: SequenceNumber
        /// One JSON object.
        package let json: [UInt8]
    }

    /// - Throws: when there is no store in the folder, or one this version cannot read.
    package init(directory: String, lineBytes: Int, fileSystem: any FileSystem) throws(StoreError) {
        self.fileSystem = fileSystem
        self.lineBytes = lineBytes
        layout = StoreLayout(root: directory)
        let path = layout.description
        let present = try StoreError.wrap { () throws(FileError) in
            try fileSystem.contents(of: path, atMost: 4096)
        }
        guard let present else { throw StoreError(.system, "There is no store in \(directory).") }
        _ = try StoreDescription(parsing: present)
    }

    /// The newest version of one document; nil when there is none. Reads the whole store.
    package func latest(_ key: DocumentKey) throws(StoreError) -> Entry? {
        let wanted = key.fingerprint
        var found: Entry?
        try read { line, header, put, _ in
            if put.fingerprint(in: line) == wanted { found = Entry(line, header, put) }
        }
        return found
    }

    /// Calls `body` with the newest version of every document of a kind, oldest first. In memory is only an index of
    /// them: the store is read twice. What is written meanwhile may or may not be among them.
    package func forEachLatest(_ kind: DocumentKind, _ body: (Entry) -> Void) throws(StoreError) {
        let name = Array(kind.name.utf8)
        var index = DocumentIndex()
        try read { line, _, put, location in
            guard line.array(put.kind) == name else { return }
            index[put.fingerprint(in: line)] = location
        }
        var missing = index.count
        do throws(StoreError) {
            try read { line, header, put, location in
                guard line.array(put.kind) == name, index[put.fingerprint(in: line)] == location else { return }
                missing -= 1
                body(Entry(line, header, put))
            }
        } catch {
            guard missing == 0 else { throw error }  // otherwise it is about lines that came after the index
        }
    }

    /// Calls `body` with every version of every document that the current files hold, in the order they were written.
    /// A transaction's documents come together, so at the end the versions seen last are of one moment.
    package func forEachVersion(_ body: (Entry) -> Void) throws(StoreError) {
        try read { line, header, put, _ in body(Entry(line, header, put)) }
    }

    private func read(
        _ body: (Span<UInt8>, LineHeader, Put, Location) -> Void
    ) throws(StoreError) {
        let files = try StoreError.wrap { () throws(FileError) in try StoreFiles(fileSystem, layout) }
        let settled = try settledPosition(files)
        var replay = makeReplay()
        do throws(StoreError) {
            try replay.run(files.current) { line, header, location in
                Put.forEach(in: line, from: header.putsStart) { put in body(line, header, put, location) }
            }
        } catch {
            guard error.code == .damaged, (replay.last ?? 0) >= settled else { throw error }
        }
    }

    /// Up to which position everything was written before this call, and cannot change any more.
    ///
    /// A server that writes at this moment may show half of a batch, and behind it the whole of the next, which would
    /// look like damage. So a fault counts only where the writing was over before the reading began.
    func settledPosition(_ files: StoreFiles) throws(StoreError) -> SequenceNumber {
        var position: SequenceNumber = 0
        var seen = 0
        // The last ones are empty when they were named in advance, or begun by a start. Of those with lines two are read:
        // the very last may hold nothing yet but a batch that is being written.
        for number in files.segments.reversed() where seen < 2 {
            var replay = makeReplay()
            do throws(StoreError) {
                try replay.run([.segment(number)]) { _, _, _ in true }
            } catch {
                guard error.code == .damaged else { throw error }
            }
            position = max(position, replay.durable)
            if replay.lines > 0 || replay.durable > 0 { seen += 1 }
        }
        return position
    }

    /// Deleted segments may leave a history that begins anywhere.
    func makeReplay() -> Replay {
        Replay(after: nil, fileSystem: fileSystem, layout: layout, lineBytes: lineBytes)
    }
}

extension StoreReader.Entry {
    init(_ line: Span<UInt8>, _ header: LineHeader, _ put: Put) {
        kind = String(decoding: line.array(put.kind), as: UTF8.self)
        id = DocumentID(put.text(in: line))
        sequence = header.sequence
        json = line.array(put.document)
    }
}
