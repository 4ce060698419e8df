import Payments

/// Documents in memory: those written or read of late, and all that are not durable yet.
///
/// Two generations stand in for a list of recent use: what is used moves to the young one; when that is full the old
/// one is dropped and the young one grows old. So a document stays for one to two generations after its last use.
struct DocumentCache: Sendable {
    private var young: [Fingerprint: CachedDocument] = [:]
    private var old: [Fingerprint: CachedDocument] = [:]
    private let generationSize: Int

    init(generationSize: Int) {
        self.generationSize = generationSize
    }

    mutating func find(_ key: Fingerprint) -> CachedDocument? {
        if let document = young[key] { return document }
        guard let document = old[key] else { return nil }
        young[key] = document
        return document
    }

    func contains(_ key: Fingerprint) -> Bool {
        young[key] != nil || old[key] != nil
    }

    /// - Parameter durable: versions above it are nowhere else than here, and are kept whatever their age.
    mutating func insert(_ document: CachedDocument, at key: Fingerprint, durable: SequenceNumber) {
        young[key] = document
        guard young.count > generationSize else { return }
        let pending = old.filter { $0.value.sequence > durable && young[$0.key] == nil }
        old = young
        young = pending
    }
}

/// A document in memory and the journal position that wrote it.
struct CachedDocument: Sendable {
    var content: Content
    var sequence: SequenceNumber

    enum Content: Sendable {
        case decoded(any Document)
        /// As it stands in the journal: read ahead by a caller who does not know its type.
        case encoded([UInt8])
    }
}

extension CachedDocument {
    /// The document as a value of that type, whatever type of the same kind it was put as.
    func decode<D: Document>(_ type: D.Type, _ id: DocumentID) throws(PaymentError) -> D {
        let bytes =
            switch content {
            case .decoded(let other): other.encoded
            case .encoded(let bytes): bytes
            }
        do throws(DocumentError) {
            let document = try D.decode(bytes)
            guard document.id == id else { throw DocumentError("The id is another one.") }
            return document
        } catch {
            throw .unavailable
        }
    }
}
