import JSON

/// What a transaction's closure sees: the present documents, with its own puts already applied.
package struct Transaction {
    private let source: any DocumentSource
    package private(set) var puts: [Put] = []
    /// The highest journal position among the documents read so far.
    package private(set) var sequence: SequenceNumber = 0

    package init(source: any DocumentSource) {
        self.source = source
        puts.reserveCapacity(2)  // a purchase and its player's holdings
    }

    package mutating func get<D: Document>(_ type: D.Type, _ key: DocumentKey) throws(PaymentError) -> D? {
        for put in puts.reversed() {
            if put.key == key, let document = put.document.value(of: type) { return document }
        }
        guard let stored = try source.load(key) else { return nil }
        sequence = max(sequence, stored.sequence)
        if case .decoded(let present) = stored.content, let document = present.value(of: type) { return document }
        let document = try stored.decode(type, key)
        source.remember(document, at: key, writtenBy: stored.sequence)
        return document
    }

    package mutating func get<D: Document>(_ type: D.Type, _ id: DocumentID) throws(PaymentError) -> D? {
        try get(type, DocumentKey(D.kind, id))
    }

    /// Replaces the whole document of that kind and id, or creates it.
    package mutating func put<D: Document>(_ document: consuming D) {
        let (key, isSettled) = (document.key, document.isSettled)
        puts.append(Put(key: key, isSettled: isSettled, document: document))
    }

    /// A document as it will be, with what it says of itself: asking it again, once its type is forgotten, would cost
    /// more.
    package struct Put: Sendable {
        package let key: DocumentKey
        package let isSettled: Bool
        package let document: any Document
    }
}

/// Where a transaction's reads come from; implemented by repositories only.
package protocol DocumentSource: AnyObject {
    func load(_ key: DocumentKey) throws(PaymentError) -> StoredDocument?

    /// Keeps what a document's bytes mean, so that the next reader need not decode them.
    func remember(_ document: any Document, at key: DocumentKey, writtenBy sequence: SequenceNumber)
}

/// A document, and the journal position that wrote it.
package struct StoredDocument: Sendable {
    package var content: Content
    package var sequence: SequenceNumber

    package enum Content: Sendable {
        case decoded(any Document)
        /// As it stands in the journal: read by a caller who does not know its type.
        case encoded([UInt8])
    }

    package init(content: Content, sequence: SequenceNumber) {
        self.content = content
        self.sequence = sequence
    }

    /// The document as a value of that type, whatever type of the same kind it was put as.
    func decode<D: Document>(_ type: D.Type, _ key: DocumentKey) throws(PaymentError) -> D {
        let bytes =
            switch content {
            case .decoded(let other): other.encoded
            case .encoded(let bytes): bytes
            }
        guard let document = try? D.decode(bytes), document.id == key.id else {
            // Its checksum was right, so a newer version wrote it: nobody here can say what it means.
            throw PaymentError(.unavailable, "A stored record cannot be understood.")
        }
        return document
    }
}
