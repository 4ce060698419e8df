import CChecksum

/// CRC-32C (Castagnoli), as RFC 3720 appendix B.4 gives it: by the processor's own instruction (SSE 4.2, ARMv8) or,
/// where it has none, eight bytes at a time with one table per byte (Intel's slicing-by-8).
enum CRC32C {
    private static let isBuiltIn = crc32c_is_built_in()

    static func checksum(_ bytes: Span<UInt8>) -> UInt32 {
        guard isBuiltIn else { return checksumByTable(bytes) }
        return unsafe bytes.withUnsafeBytes { ~(unsafe crc32c_update(~0, $0.baseAddress, $0.count)) }
    }

    static func checksumByTable(_ bytes: Span<UInt8>) -> UInt32 {
        unsafe tables.withUnsafeBufferPointer { table in
            unsafe bytes.withUnsafeBytes { input in
                var crc = ~UInt32(0)
                var position = 0
                while position + 8 <= input.count {
                    let word = unsafe input.loadUnaligned(fromByteOffset: position, as: UInt64.self)
                    unsafe crc = fold(UInt64(littleEndian: word) ^ UInt64(crc), table)
                    position += 8
                }
                while position < input.count {
                    unsafe crc = crc >> 8 ^ table[Int(UInt8(truncatingIfNeeded: crc) ^ input[position])]
                    position += 1
                }
                return ~crc
            }
        }
    }

    @inline(__always)
    private static func fold(_ word: UInt64, _ table: UnsafeBufferPointer<UInt32>) -> UInt32 {
        let low =
            unsafe table[0x700 | Int(word & 0xFF)] ^ table[0x600 | Int(word >> 8 & 0xFF)]
            ^ table[0x500 | Int(word >> 16 & 0xFF)] ^ table[0x400 | Int(word >> 24 & 0xFF)]
        let high =
            unsafe table[0x300 | Int(word >> 32 & 0xFF)] ^ table[0x200 | Int(word >> 40 & 0xFF)]
            ^ table[0x100 | Int(word >> 48 & 0xFF)] ^ table[Int(word >> 56)]
        return low ^ high
    }

    /// Table k at 256 * k: the checksum of a byte followed by k zero bytes.
    private static let tables: [UInt32] = {
        var tables = (0..<256).map { byte in
            (0..<8).reduce(UInt32(byte)) { crc, _ in crc >> 1 ^ (crc & 1 == 1 ? 0x82F6_3B78 : 0) }
        }
        for position in 256..<2048 {
            let previous = tables[position - 256]
            tables.append(previous >> 8 ^ tables[Int(previous & 0xFF)])
        }
        return tables
    }()
}
