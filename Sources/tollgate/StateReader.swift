import Payments
import Storage

/// The state as the reading commands see it: documents as values, faults as sentences.
struct StateReader {
    private let store: StoreReader
    private let folder: String

    init(_ options: StateOptions) throws {
        try self.init(folder: options.folder())
    }

    init(folder: String) throws(CommandFailure) {
        self.folder = folder
        do throws(StoreError) {
            store = try StoreReader(
                directory: folder, lineBytes: JournalConfiguration().lineBytes, fileSystem: PosixFileSystem())
        } catch {
            throw CommandFailure("state \(folder): \(error.message)")
        }
    }

    /// The newest version of every document of a kind, one after the other.
    func forEachLatest<D: Document>(_ type: D.Type, _ body: (D) -> Void) throws(CommandFailure) {
        var fault: String?
        try explained { () throws(StoreError) in
            try store.forEachLatest(D.kind) { entry in
                do throws(DocumentError) {
                    body(try D.decode(entry.json))
                } catch {
                    fault = fault ?? error.message
                }
            }
        }
        if let fault { throw CommandFailure("state \(folder): \(fault)") }
    }

    /// What `body` makes of the newest version of every document of a kind, where it makes something.
    func latest<D: Document, Result>(_ type: D.Type, _ body: (D) -> Result?) throws(CommandFailure) -> [Result] {
        var results: [Result] = []
        try forEachLatest(type) { document in
            if let result = body(document) { results.append(result) }
        }
        return results
    }

    /// Every version of every document that the current files hold, in the order they were written.
    func forEachVersion(
        _ body: (StoreReader.Entry) throws(DocumentError) -> Void
    ) throws(CommandFailure) {
        var fault: String?
        try explained { () throws(StoreError) in
            try store.forEachVersion { entry in
                do throws(DocumentError) {
                    try body(entry)
                } catch {
                    fault = fault ?? error.message
                }
            }
        }
        if let fault { throw CommandFailure("state \(folder): \(fault)") }
    }

    /// A document that changed: every version the current files hold, with the journal position of each.
    struct Versions<D: Document> {
        fileprivate(set) var all: [(sequence: SequenceNumber, document: D)]
        fileprivate(set) var latest: D
    }

    /// All versions of every document of a kind that is wanted, in the order of their first one.
    func versions<D: Document>(_ type: D.Type, _ isWanted: (D) -> Bool) throws(CommandFailure) -> [Versions<D>] {
        var found: [Versions<D>] = []
        try forEachVersion { entry throws(DocumentError) in
            guard entry.kind == D.kind.name else { return }
            let document = try D.decode(entry.json)
            guard isWanted(document) else { return }
            guard let index = found.firstIndex(where: { $0.latest.id == document.id }) else {
                return found.append(Versions(all: [(entry.sequence, document)], latest: document))
            }
            found[index].all.append((entry.sequence, document))
            found[index].latest = document
        }
        return found
    }

    func size() throws(CommandFailure) -> StoreSize {
        try explained { () throws(StoreError) in try store.size() }
    }

    /// Copies the state into a folder of its own.
    func backUp(into backup: StoreBackup, now: Int64) throws(CommandFailure) -> BackupManifest {
        try explained { () throws(StoreError) in
            try backup.make(of: store, now: now, version: Version.text)
        }
    }

    func verifyFiles() throws(CommandFailure) -> Verification {
        try explained { () throws(StoreError) in try store.verify() }
    }

    func audit() throws(CommandFailure) -> HoldingsAudit {
        var audit = HoldingsAudit()
        try forEachVersion { entry throws(DocumentError) in
            switch entry.kind {
            case Purchase.kind.name: audit.add(try Purchase.decode(entry.json))
            case Holdings.kind.name: audit.add(try Holdings.decode(entry.json))
            default: break  // no part of this sum
            }
        }
        return audit
    }

    private func explained<Result>(_ body: () throws(StoreError) -> Result) throws(CommandFailure) -> Result {
        do throws(StoreError) {
            return try body()
        } catch {
            throw CommandFailure("state \(folder): \(error.message)")
        }
    }
}
