package import JSON

/// A position in the journal: everything up to it is durable, or not yet. 0 is before all.
package typealias SequenceNumber = UInt64

/// Where the domain's documents live. Storage conforms to it over files and over memory.
///
/// A change of state is a closure given to `transaction`: it reads and puts several documents, and either all of its
/// puts become one atomic journal line or none does. Transactions are serializable. The closure only touches memory;
/// it must not call out, block, or have effects beside its puts.
package protocol Repository: AnyObject, Sendable {
    /// Runs `body` and returns the journal position its result depends on: that of its own puts, or, for a read, the
    /// highest position among the documents it saw. The result may leave the process once that position is durable.
    ///
    /// - Parameter keys: documents the body will probably want; they are brought into memory before the lock is taken.
    /// - Throws: what `body` throws (nothing is changed then, `sequence` is set), or `unavailable` / `overloaded`.
    func perform(
        reading keys: [DocumentKey], _ body: (inout Transaction) throws(PaymentError) -> Void
    ) throws(PaymentError) -> SequenceNumber

    /// Blocks the calling thread until `sequence` is durable. For callers that act on the outside world, and for tools.
    func waitUntilDurable(_ sequence: SequenceNumber) throws(PaymentError)
}

extension Repository {
    package func transaction<Result>(
        reading keys: [DocumentKey] = [], _ body: (inout Transaction) throws(PaymentError) -> Result
    ) throws(PaymentError) -> Committed<Result> {
        var result: Result?
        let sequence = try perform(reading: keys) { transaction throws(PaymentError) in
            result = try body(&transaction)
        }
        guard let result else { throw PaymentError(.unavailable, "The transaction was not run.") }
        return Committed(result: result, sequence: sequence)
    }
}

/// A result, and the journal position that must be durable before anyone outside may hear of it.
package struct Committed<Result> {
    package var result: Result
    package var sequence: SequenceNumber

    package init(result: Result, sequence: SequenceNumber) {
        self.result = result
        self.sequence = sequence
    }
}

/// What a transaction's closure sees: the present documents, with its own puts already applied.
package struct Transaction {
    private let source: any DocumentSource
    package private(set) var puts: [any Document] = []
    /// The highest journal position among the documents read so far.
    package private(set) var sequence: SequenceNumber = 0

    package init(source: any DocumentSource) {
        self.source = source
    }

    package mutating func get<D: Document>(_ type: D.Type, _ id: DocumentID) throws(PaymentError) -> D? {
        for document in puts.reversed() {
            if let document = document as? D, document.id == id { return document }
        }
        guard let stored = try source.load(type, id) else { return nil }
        sequence = max(sequence, stored.sequence)
        return stored.document
    }

    /// Replaces the whole document of that kind and id, or creates it.
    package mutating func put<D: Document>(_ document: D) {
        puts.append(document)
    }
}

/// Where a transaction's reads come from; implemented by repositories only.
package protocol DocumentSource: AnyObject {
    func load<D: Document>(_ type: D.Type, _ id: DocumentID) throws(PaymentError) -> StoredDocument<D>?
}

/// A document, and the journal position that wrote it.
package struct StoredDocument<D: Document> {
    package var document: D
    package var sequence: SequenceNumber

    package init(document: D, sequence: SequenceNumber) {
        self.document = document
        self.sequence = sequence
    }
}

/// Something the repository keeps under a kind and an id, as one JSON object.
///
/// Members it does not know are kept when it is read and written back, so that an older version loses nothing a newer
/// one wrote.
package protocol Document: Sendable {
    static var kind: DocumentKind { get }
    var id: DocumentID { get }
    /// Reads the object `write(to:)` wrote, of this or any earlier schema version.
    init(json: JSONValue) throws(DocumentError)
    /// Writes exactly one JSON object, its schema version included.
    func write(to writer: inout JSONWriter)
}

/// A stored document that cannot be understood: damage, or written by a newer version.
package struct DocumentError: Error, Sendable {
    package var message: String

    package init(_ message: String) {
        self.message = message
    }
}

/// The name of a document type on disk, such as `purchase`.
package struct DocumentKind: Hashable, Sendable {
    package let name: String

    package init(_ name: StaticString) {
        self.name = "\(name)"
    }
}

package struct DocumentKey: Hashable, Sendable {
    package let kind: DocumentKind
    package let id: DocumentID

    package init(_ kind: DocumentKind, _ id: DocumentID) {
        self.kind = kind
        self.id = id
    }
}
