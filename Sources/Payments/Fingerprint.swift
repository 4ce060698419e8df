/// A document's kind and id in 128 bits, so that an index of millions fits in memory.
///
/// The hash is keyed by the standard library's per-process random seed: nobody outside can choose two ids that collide,
/// and by chance they do not. It is never written to disk.
package struct Fingerprint: Hashable, Sendable {
    private let low: UInt64
    private let high: UInt64

    package init(kind: Span<UInt8>, id: Span<UInt8>) {
        low = Self.hash(kind, id, salt: 0x6C6F_77)
        high = Self.hash(kind, id, salt: 0x6869_6768)
    }

    /// Half of it is random enough to choose a bucket.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(low)
    }

    private static func hash(_ kind: Span<UInt8>, _ id: Span<UInt8>, salt: UInt64) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(salt)
        unsafe kind.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        hasher.combine(0xFF as UInt8)  // no byte of UTF-8: kind and id cannot run into each other
        unsafe id.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}
