import Glibc
import JSON
import Payments

/// A transaction's puts as they stand in the journal. Of several puts to one document only the last counts.
struct EncodedTransaction {
    /// A JSON array without a line break.
    let array: [UInt8]
    let puts: [Transaction.Put]

    init(_ all: [Transaction.Put], atMost limit: Int) throws(PaymentError) {
        puts = Self.lastVersions(of: all)
        // Most transactions fit, and it is what malloc hands out without a lock.
        var writer = JSONWriter(reserving: 960)
        writer.beginArray()
        for index in puts.indices { Self.write(puts[index], to: &writer) }
        writer.endArray()
        // A member kept as it came may hold line breaks between its values; a line of the journal may not.
        let bytes = writer.bytes
        array = Self.hasLineBreak(bytes) ? JSONText.compacted(bytes) : bytes
        guard array.count + JournalLine.overhead <= limit else {
            throw PaymentError(.invalid, "The request is too large to be recorded.")
        }
    }

    /// A document that is put twice stands where it was put first, as it was put last.
    private static func lastVersions(of all: [Transaction.Put]) -> [Transaction.Put] {
        var puts = all
        var index = 1
        while index < puts.count {
            let fingerprint = puts[index].key.fingerprint
            if let earlier = (0..<index).first(where: { puts[$0].key.fingerprint == fingerprint }) {
                puts[earlier] = puts.remove(at: index)
            } else {
                index += 1
            }
        }
        return puts
    }

    private static func hasLineBreak(_ bytes: [UInt8]) -> Bool {
        unsafe bytes.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return false }
            return unsafe memchr(start, Int32(UInt8(ascii: "\n")), bytes.count) != nil
        }
    }

    private static func write(_ put: Transaction.Put, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("kind", put.key.kind.literal)
        writer.member("id", put.key.id.text)
        writer.name("doc")
        put.document.write(to: &writer)
        writer.endObject()
    }
}
