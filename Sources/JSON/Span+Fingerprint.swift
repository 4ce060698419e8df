extension Span where Element == UInt8 {
    /// A number that equal names share and most others do not: made of a name's length, its first and its last eight
    /// bytes.
    func fingerprint(of text: Range<Int>) -> UInt32 {
        var first: UInt64 = 0
        var last: UInt64 = 0
        if text.count >= 8 {
            first = word(at: text.lowerBound)
            last = word(at: text.upperBound - 8)
        } else {
            for index in text { first = first << 8 | UInt64(self[index]) }
        }
        // Odd constants spread the bytes into the upper half (Fibonacci hashing); wrapping is the point.
        let mixed = (first &* 0x9E37_79B9_7F4A_7C15) ^ (last &* 0xC2B2_AE3D_27D4_EB4F)
        return UInt32(truncatingIfNeeded: mixed >> 32) &+ UInt32(truncatingIfNeeded: text.count)
    }
}
