/// A document's kind and id in 128 bits, so that an index of millions fits in memory.
///
/// The hash is keyed by the standard library's per-process random seed: nobody outside can choose two ids that collide,
/// and by chance they do not. It is never written to disk.
package struct Fingerprint: Equatable, Sendable {
    package let low: UInt64
    package let high: UInt64

    /// SipHash of kind and id, finished in two ways from one state, much as SipHash-128 gets its second half.
    ///
    /// The id comes first: the hasher takes whole words of the longer text as long as nothing was left over before it.
    package init(kind: Span<UInt8>, id: Span<UInt8>) {
        var first = Hasher()
        unsafe id.withUnsafeBytes { unsafe first.combine(bytes: $0) }
        first.combine(0xFF as UInt8)  // no byte of UTF-8: kind and id cannot run into each other
        unsafe kind.withUnsafeBytes { unsafe first.combine(bytes: $0) }
        var second = first
        second.combine(0xEE as UInt8)
        low = UInt64(bitPattern: Int64(first.finalize()))
        high = UInt64(bitPattern: Int64(second.finalize()))
    }
}
