/// The pieces of a JSON text; the caller has made room for them.
extension OutputSpan where Element == UInt8 {
    /// Appends `,"name":`, with or without the comma.
    @inline(__always) mutating func append(name: StaticString, comma: Bool) {
        if comma { append(ASCII.comma) }
        append(ASCII.quote)
        name.withUTF8Buffer { name in
            // The program's own names; looking through them each time would cost more than writing them.
            assert(unsafe name.span.indexOfSpecialByte(from: 0) == name.count, "such a name would need escapes")
            unsafe append(plain: name.span)
        }
        append(ASCII.quote)
        append(ASCII.colon)
    }

    /// Appends the opening quote, what stands in the text before the first byte that may need attention and, when
    /// there is no such byte, the closing quote.
    ///
    /// - Returns: how many bytes of the text were appended.
    @inline(__always) mutating func append(openingOf text: Span<UInt8>) -> Int {
        append(ASCII.quote)
        let plainCount = append(plainPrefixOf: text)
        if plainCount == text.count { append(ASCII.quote) }
        return plainCount
    }

    @inline(__always) mutating func append(integer value: Int64) {
        if value < 0 { append(ASCII.minus) }
        append(digitsOf: value.magnitude)
    }

    @inline(__always) mutating func append(digitsOf value: UInt64) {
        if value < 10 { return append(ASCII.zero + UInt8(value)) }
        var digits = InlineArray<20, UInt8>(repeating: ASCII.zero)  // 2^64 has 20
        var rest = value
        var start = 20
        repeat {
            start -= 1
            digits[start] = ASCII.zero + UInt8(rest % 10)
            rest /= 10
        } while rest > 0
        append(plain: digits.span.extracting(start...))
    }

    /// Looks at a text and copies it in the same steps, eight bytes each, as far as it needs no attention.
    @inline(__always) private mutating func append(plainPrefixOf text: Span<UInt8>) -> Int {
        precondition(text.count <= freeCapacity, "the caller makes room")
        return unsafe withUnsafeMutableBufferPointer { buffer, count in
            let free = UnsafeMutableRawBufferPointer(buffer.extracting(count...))
            let index = text.count < 8 ? unsafe text.copyPlainBytes(to: free) : unsafe text.copyPlainWords(to: free)
            count += index
            return index
        }
    }

    @inline(__always) private mutating func append(plain text: Span<UInt8>) {
        precondition(text.count <= freeCapacity, "the caller makes room")
        unsafe withUnsafeMutableBufferPointer { buffer, count in
            let free = UnsafeMutableRawBufferPointer(buffer.extracting(count...))
            unsafe text.withUnsafeBytes { unsafe free.copyMemory(from: $0) }
            count += text.count
        }
    }
}

extension Span where Element == UInt8 {
    /// Copies a text of eight bytes or more up to its first special byte, whose index comes back.
    @inline(__always) fileprivate func copyPlainWords(to free: UnsafeMutableRawBufferPointer) -> Int {
        var index = 0
        repeat {
            // The last step takes bytes again that the step before it has copied.
            index = min(index, count - 8)
            let word = word(at: index)
            unsafe free.storeBytes(of: word.littleEndian, toByteOffset: index, as: UInt64.self)
            let special = Self.specialBytes(in: word)
            if special != 0 { return index + special.trailingZeroBitCount / 8 }
            index += 8
        } while index < count
        return count
    }

    @inline(__always) fileprivate func copyPlainBytes(to free: UnsafeMutableRawBufferPointer) -> Int {
        var index = 0
        while index < count, !Self.isSpecial(self[index]) {
            unsafe free[index] = self[index]
            index += 1
        }
        return index
    }
}
