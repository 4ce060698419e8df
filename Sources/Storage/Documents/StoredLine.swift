import JSON
import Payments

/// One document as a line of the journal holds it.
struct StoredLine {
    let document: [UInt8]
    let sequence: SequenceNumber

    /// Finds the document with that key; nil when the line is damaged or is about others.
    init?(_ line: [UInt8], holding key: Fingerprint) {
        let bytes = line.span
        guard JournalLine.isIntact(bytes), let header = JournalLine.header(of: bytes) else { return nil }
        var range: Range<Int>?
        _ = Put.forEach(in: bytes, from: header.putsStart) { put in
            if put.fingerprint(in: bytes) == key { range = put.document }
        }
        guard let range else { return nil }
        document = Array(line[range])
        sequence = header.sequence
    }
}

extension Document {
    /// Reads a document as the journal holds it.
    static func decode(_ bytes: [UInt8]) throws(DocumentError) -> Self {
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument(parsing: bytes, limits: limits)
        } catch {
            throw DocumentError(error.message)
        }
        return try Self(json: document.root)
    }

    /// What `decode` reads.
    var encoded: [UInt8] {
        var writer = JSONWriter(reserving: 512)
        write(to: &writer)
        return writer.bytes
    }
}

/// Wider than for what comes from outside: a document holds requests whole, which were within those limits.
private let limits = JSONLimits(depth: 128, nodes: 1_000_000)
