extension Span where Element == UInt8 {
    /// The first index at or after `start` whose byte cannot simply be passed over inside a string.
    ///
    /// Those are the quote, the backslash, control characters, and what is not ASCII. Comes back as `count` when there
    /// is none. Eight bytes are looked at in one step.
    func indexOfSpecialByte(from start: Int) -> Int {
        var index = start
        while count - index >= 8 {
            let special = Self.specialBytes(in: word(at: index))
            if special != 0 { return index + special.trailingZeroBitCount / 8 }
            index += 8
        }
        // What is left, together with bytes that were passed over already.
        if index < count, count >= 8, start <= count - 8 {
            let special = Self.specialBytes(in: word(at: count - 8))
            return special == 0 ? count : count - 8 + special.trailingZeroBitCount / 8
        }
        while index < count, !Self.isSpecial(self[index]) { index += 1 }
        return index
    }

    /// Eight bytes from `index` on, the first one lowest.
    func word(at index: Int) -> UInt64 {
        // Bounds are checked by the call; unsafe is only the reading of bytes as an integer, for which every pattern is
        // a value.
        unsafe UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
    }

    package func hasSameBytes(as text: StaticString) -> Bool {
        text.withUTF8Buffer { hasSameBytes(as: unsafe $0.span) }
    }

    package func hasSameBytes(as other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        var index = 0
        while count - index >= 8 {
            if word(at: index) != other.word(at: index) { return false }
            index += 8
        }
        while index < count {
            if self[index] != other[index] { return false }
            index += 1
        }
        return true
    }

    /// A word whose lowest set bit is the top bit of the lowest special byte; 0 when no byte is special.
    ///
    /// `(x - 0x01…) & ~x & 0x80…` marks zero bytes, `(x - 0x20…) & ~x & 0x80…` bytes below 0x20. A borrow can mark a
    /// byte above the first true one by mistake, never below it, and only the lowest mark is used (S. E. Anderson, Bit
    /// Twiddling Hacks, "Determine if a word has a zero byte"). The subtractions are meant to wrap.
    static func specialBytes(in word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        let quotes = word ^ (ones &* UInt64(ASCII.quote))
        let backslashes = word ^ (ones &* UInt64(ASCII.backslash))
        let controls = (word &- ones &* UInt64(ASCII.space)) & ~word
        return (((quotes &- ones) & ~quotes) | ((backslashes &- ones) & ~backslashes) | controls | word) & tops
    }

    static func isSpecial(_ byte: UInt8) -> Bool {
        byte < ASCII.space || byte >= 0x80 || byte == ASCII.quote || byte == ASCII.backslash
    }
}
