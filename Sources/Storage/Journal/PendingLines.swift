import Payments

/// Transactions that were run and wait to be written: whoever flushes takes them all at once.
struct PendingLines: Sendable {
    /// The puts of all lines, one after the other.
    private(set) var puts: [UInt8] = []
    private(set) var lines: [Line] = []
    /// The keys of all puts, in the same order.
    private(set) var keys: [Fingerprint] = []

    struct Line: Sendable {
        let sequence: SequenceNumber
        /// Where the line's part of `puts` and of `keys` ends; it begins where the one before it ends.
        let putsEnd: Int
        let keysEnd: Int
    }

    var isEmpty: Bool { lines.isEmpty }

    /// - Parameter array: the puts as they stand in the line.
    mutating func append(_ array: Span<UInt8>, of documents: [Transaction.Put], sequence: SequenceNumber) {
        unsafe array.withUnsafeBufferPointer { unsafe puts.append(contentsOf: $0) }
        for index in documents.indices { keys.append(documents[index].key.fingerprint) }
        lines.append(Line(sequence: sequence, putsEnd: puts.count, keysEnd: keys.count))
    }

    func puts(of line: Int) -> ArraySlice<UInt8> {
        puts[(line == 0 ? 0 : lines[line - 1].putsEnd)..<lines[line].putsEnd]
    }

    func keys(of line: Int) -> ArraySlice<Fingerprint> {
        keys[(line == 0 ? 0 : lines[line - 1].keysEnd)..<lines[line].keysEnd]
    }

    /// Forgets everything and keeps the memory.
    mutating func reset() {
        puts.removeAll(keepingCapacity: true)
        lines.removeAll(keepingCapacity: true)
        keys.removeAll(keepingCapacity: true)
    }
}
