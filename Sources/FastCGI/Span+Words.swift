/// Bytes eight at a time, as in S. E. Anderson's Bit Twiddling Hacks ("Determine if a word has a byte less than n"): the
/// top bit of each byte that is looked for. A carry or borrow only ever comes from such a byte itself.
enum ByteWord {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    static let tops: UInt64 = 0x8080_8080_8080_8080

    @inline(__always) static func below(_ limit: UInt8, _ word: UInt64) -> UInt64 {
        (word &- ones &* UInt64(limit)) & ~word
    }

    @inline(__always) static func equal(to byte: UInt8, _ word: UInt64) -> UInt64 {
        below(1, word ^ (ones &* UInt64(byte)))
    }

    /// DEL, and what is no ASCII.
    @inline(__always) static func aboveTilde(_ word: UInt64) -> UInt64 {
        (word &+ ones) | word
    }
}

extension Span<UInt8> {
    /// Whether no byte is looked for.
    ///
    /// - Parameter marks: sets the top bit of each byte of a word that is; not that of `a`, which fills short texts up.
    @inline(__always) func isFree(of marks: (UInt64) -> UInt64) -> Bool {
        guard count >= 8 else {
            var word: UInt64 = 0x6161_6161_6161_6161
            for index in indices { word = word << 8 | UInt64(self[index]) }
            return marks(word) & ByteWord.tops == 0
        }
        var index = 0
        while index < count {
            // The last step looks at bytes again that the step before it has seen.
            index = min(index, count - 8)
            let word = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            if marks(word) & ByteWord.tops != 0 { return false }
            index += 8
        }
        return true
    }
}
