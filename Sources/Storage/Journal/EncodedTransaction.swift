import Glibc
import JSON
import Payments

/// A transaction's puts as they stand in the journal. Of several puts to one document only the last counts.
struct EncodedTransaction {
    /// A JSON array without a line break.
    let puts: [UInt8]
    let keys: [Fingerprint]
    let documents: [any Document]

    init(_ puts: [any Document], atMost limit: Int) throws(PaymentError) {
        var keys: [Fingerprint] = []
        var documents: [any Document] = []
        for document in puts {
            let key = document.key.fingerprint
            if let earlier = keys.firstIndex(of: key) {
                documents[earlier] = document
            } else {
                keys.append(key)
                documents.append(document)
            }
        }
        var writer = JSONWriter(reserving: 1024)
        writer.beginArray()
        for document in documents { Self.write(document, to: &writer) }
        writer.endArray()
        // A member kept as it came may hold line breaks between its values; a line of the journal may not.
        self.puts = Self.hasLineBreak(writer.bytes) ? JSONText.compacted(writer.bytes) : writer.bytes
        self.keys = keys
        self.documents = documents
        guard self.puts.count + JournalLine.overhead <= limit else {
            throw PaymentError(.invalid, "The request is too large to be recorded.")
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
