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
