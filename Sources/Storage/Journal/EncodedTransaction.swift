import Glibc
import JSON
import Payments

/// A transaction's puts as they stand in the journal. Of several puts to one document only the last counts.
struct EncodedTransaction {
    /// A JSON array without a line break.
    private(set) var puts: [UInt8]
    private(set) var keys: [Fingerprint]
    private(set) var documents: [any Document]

    init(_ puts: [any Document], atMost limit: Int) throws(PaymentError) {
        keys = puts.map { $0.key.fingerprint }
        documents = puts
        self.puts = []
        keepLastVersions()
        // Most transactions fit, and it is what malloc hands out without a lock.
        var writer = JSONWriter(reserving: 960)
        writer.beginArray()
        for document in documents { Self.write(document, to: &writer) }
        writer.endArray()
        // A member kept as it came may hold line breaks between its values; a line of the journal may not.
        self.puts = Self.hasLineBreak(writer.bytes) ? JSONText.compacted(writer.bytes) : writer.bytes
        guard self.puts.count + JournalLine.overhead <= limit else {
            throw PaymentError(.invalid, "The request is too large to be recorded.")
        }
    }

    private mutating func keepLastVersions() {
        var index = 0
        while index < keys.count {
            if let earlier = keys[..<index].firstIndex(of: keys[index]) {
                keys.remove(at: index)
                documents[earlier] = documents.remove(at: index)
            } else {
                index += 1
            }
        }
    }

    private static func hasLineBreak(_ bytes: [UInt8]) -> Bool {
        unsafe bytes.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return false }
            return unsafe memchr(start, Int32(UInt8(ascii: "\n")), bytes.count) != nil
        }
    }

    private static func write(_ document: any Document, to writer: inout JSONWriter) {
        writer.beginObject()
        let key = document.key
        writer.member("kind", key.kind.name)
        writer.member("id", key.id.text)
        writer.name("doc")
        document.write(to: &writer)
        writer.endObject()
    }
}
