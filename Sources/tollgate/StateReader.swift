import JSON
import Payments
import Storage

/// The state as the reading commands see it: documents as values, faults as sentences.
struct StateReader {
    private let store: StoreReader
    private let folder: String

    init(_ options: StateOptions) throws {
        folder = try options.folder()
        do throws(StoreError) {
            store = try StoreReader(
                directory: folder, lineBytes: JournalConfiguration().lineBytes, fileSystem: PosixFileSystem())
        } catch {
            throw CommandFailure("state \(folder): \(error.message)")
        }
    }

    /// The newest version of every document of a kind that `body` returns something for.
    func latest<D: Document, Result>(_ type: D.Type, _ body: (D) -> Result?) throws(CommandFailure) -> [Result] {
        var results: [Result] = []
        var fault: String?
        try explained { () throws(StoreError) in
            try store.forEachLatest(D.kind) { entry in
                do throws(DocumentError) {
                    if let result = body(try entry.document(type)) { results.append(result) }
                } catch {
                    fault = fault ?? error.message
                }
            }
        }
        if let fault { throw CommandFailure("state \(folder): \(fault)") }
        return results
    }

    /// A document that changed: every version the current files hold, with the journal position of each.
    struct Versions<D: Document> {
        fileprivate(set) var all: [(sequence: SequenceNumber, document: D)]
        fileprivate(set) var latest: D
    }

    /// All versions of every document of a kind that is wanted, in the order of their first one.
    func versions<D: Document>(_ type: D.Type, _ isWanted: (D) -> Bool) throws(CommandFailure) -> [Versions<D>] {
        var found: [Versions<D>] = []
        var fault: String?
        try explained { () throws(StoreError) in
            try store.forEachVersion { entry in
                guard entry.kind == D.kind.name else { return }
                do throws(DocumentError) {
                    let document = try entry.document(type)
                    guard isWanted(document) else { return }
                    guard let index = found.firstIndex(where: { $0.latest.id == document.id }) else {
                        return found.append(Versions(all: [(entry.sequence, document)], latest: document))
                    }
                    found[index].all.append((entry.sequence, document))
                    found[index].latest = document
                } catch {
                    fault = fault ?? error.message
                }
            }
        }
        if let fault { throw CommandFailure("state \(folder): \(fault)") }
        return found
    }

    func verifyFiles() throws(CommandFailure) -> Verification {
        try explained { () throws(StoreError) in try store.verify() }
    }

    func audit() throws(CommandFailure) -> HoldingsAudit {
        var audit = HoldingsAudit()
        var fault: String?
        try explained { () throws(StoreError) in
            try store.forEachVersion { entry in
                do throws(DocumentError) {
                    switch entry.kind {
                    case Purchase.kind.name: audit.add(try entry.document(Purchase.self))
                    case Holdings.kind.name: audit.add(try entry.document(Holdings.self))
                    default: break  // of a newer version, and no part of this sum
                    }
                } catch {
                    fault = fault ?? error.message
                }
            }
        }
        if let fault { throw CommandFailure("state \(folder): \(fault)") }
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

extension StoreReader.Entry {
    func document<D: Document>(_ type: D.Type) throws(DocumentError) -> D {
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument(parsing: json)
        } catch {
            throw DocumentError(error.message)
        }
        return try D(json: document.root)
    }
}
