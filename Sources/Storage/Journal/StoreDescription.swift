import JSON

/// `STORE.json`: which format the store has, and who may read it.
struct StoreDescription: Equatable {
    static let currentFormat: Int64 = 1

    let format: Int64
    /// The oldest format a program must know to read this store.
    let oldestReader: Int64
    /// Random, so that a backup is never mistaken for another store.
    let identity: String

    init(identity: String) {
        format = Self.currentFormat
        oldestReader = Self.currentFormat
        self.identity = identity
    }

    init(parsing bytes: [UInt8]) throws(StoreError) {
        guard let root = (try? JSONDocument(parsing: bytes))?.root,
            let format = root["format"]?.integer, let oldestReader = root["min_reader"]?.integer,
            let identity = root["store"]?.string
        else { throw StoreError(.damaged, "STORE.json cannot be read: restore it from a backup. Nothing was changed.") }
        guard oldestReader <= Self.currentFormat else {
            throw StoreError(
                .format,
                "The store has format \(format) and needs a program that reads \(oldestReader); this one reads up to "
                    + "\(Self.currentFormat). Install the newer version again. Nothing was changed.")
        }
        self.format = format
        self.oldestReader = oldestReader
        self.identity = identity
    }

    var json: [UInt8] {
        var writer = JSONWriter(reserving: 96)
        writer.beginObject()
        writer.name("format")
        writer.integer(format)
        writer.name("min_reader")
        writer.integer(oldestReader)
        writer.name("store")
        writer.string(identity)
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    /// A random UUID (RFC 9562, version 4).
    static func newIdentity() -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = bytes.map { String($0 >> 4, radix: 16) + String($0 & 0xF, radix: 16) }
        return [digits[0..<4], digits[4..<6], digits[6..<8], digits[8..<10], digits[10..<16]]
            .map { $0.joined() }.joined(separator: "-")
    }
}
