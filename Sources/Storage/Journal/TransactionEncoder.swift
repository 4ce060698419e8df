import Glibc
import JSON
import Payments

/// Writes a transaction's puts as they stand in the journal, again and again into the same memory.
struct TransactionEncoder: ~Copyable {
    private var writer = JSONWriter(reserving: 2048)

    /// Makes a JSON array without a line break of the puts, and hands it to `body`.
    ///
    /// - Throws: `invalid` when a line of `limit` bytes has no room for them; else what `body` throws.
    mutating func encode<Result>(
        _ puts: [Transaction.Put], atMost limit: Int,
        _ body: (Span<UInt8>) throws(PaymentError) -> Result
    ) throws(PaymentError) -> Result {
        writer.reset()
        write(puts.span)  // which hands out no copies, as the array would
        return try writer.withBytes { array throws(PaymentError) in
            // A member kept as it came may hold line breaks between its values; a line of the journal may not.
            guard Self.hasLineBreak(array) else { return try Self.checked(array, atMost: limit, body) }
            let compacted = JSONText.compacted(array.array(array.indices))
            return try Self.checked(compacted.span, atMost: limit, body)
        }
    }

    private mutating func write(_ puts: Span<Transaction.Put>) {
        writer.beginArray()
        for index in puts.indices {
            writer.beginObject()
            writer.member("kind", puts[index].key.kind.literal)
            writer.member("id", puts[index].key.id.text)
            writer.name("doc")
            puts[index].document.write(to: &writer)
            writer.endObject()
        }
        writer.endArray()
    }

    private static func checked<Result>(
        _ array: Span<UInt8>, atMost limit: Int, _ body: (Span<UInt8>) throws(PaymentError) -> Result
    ) throws(PaymentError) -> Result {
        guard array.count + JournalLine.overhead <= limit else {
            throw PaymentError(.invalid, "The request is too large to be recorded.")
        }
        return try body(array)
    }

    private static func hasLineBreak(_ bytes: Span<UInt8>) -> Bool {
        unsafe bytes.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return false }
            return unsafe memchr(start, Int32(UInt8(ascii: "\n")), bytes.count) != nil
        }
    }
}

extension Transaction {
    /// What it puts. Of several puts to one document only the last counts; it stands where the first was put.
    var lastPuts: [Put] {
        var puts = puts
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
}
