package import JSON

/// Something the repository keeps under a kind and an id, as one JSON object.
///
/// Members it does not know are kept when it is read and written back, so that an older version loses nothing a newer
/// one wrote.
package protocol Document: Sendable {
    static var kind: DocumentKind { get }
    var id: DocumentID { get }
    /// `id` with its kind; documents that are looked up often keep it ready.
    var key: DocumentKey { get }
    /// Whether nobody is likely to ask for it again soon, so that it need not be kept in memory.
    var isSettled: Bool { get }
    /// Reads the object `write(to:)` wrote, of this or any earlier schema version.
    init(json: JSONValue) throws(DocumentError)
    /// Writes exactly one JSON object, its schema version included.
    func write(to writer: inout JSONWriter)
}

extension Document {
    package var key: DocumentKey { DocumentKey(Self.kind, id) }
    package var isSettled: Bool { false }

    /// Reads a document as the journal holds it.
    package static func decode(_ bytes: [UInt8]) throws(DocumentError) -> Self {
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument(parsing: bytes, limits: storedLimits)
        } catch {
            throw DocumentError(error.message)
        }
        return try Self(json: document.root)
    }

    /// The document as what it is; nil when it is of another type. `as?`, which knows more ways to be of a type, takes 450
    /// instructions, in every purchase.
    func value<D: Document>(of type: D.Type) -> D? {
        guard Self.self == type else { return nil }
        return unsafe withUnsafeBytes(of: self) { unsafe $0.load(as: type) }
    }

    /// What `decode` reads.
    package var encoded: [UInt8] {
        var writer = JSONWriter(reserving: 512)
        write(to: &writer)
        return writer.bytes
    }
}

/// Wider than for what comes from outside: a document holds parts of requests, which were within those limits.
private let storedLimits = JSONLimits(depth: 128, nodes: 1_000_000)

/// A stored document that cannot be understood: damage, or written by a newer version.
package struct DocumentError: Error, Sendable {
    package var message: String

    package init(_ message: String) {
        self.message = message
    }
}
