/// A text that grows at its end, in memory of its own.
///
/// An array asks at each append whether it is its memory's only owner, and whether there is room; a document is made of
/// some hundred pieces. Here nobody can own it but its one holder, and room is made once for a whole member. What is
/// written without `makeRoom` having been asked for at least as much would overrun it: every verb here that relies on
/// the caller for that says `unchecked`, and checks in debug builds.
@safe struct TextBuffer: ~Copyable {
    private var start: UnsafeMutableRawPointer
    private(set) var count = 0
    private var capacity: Int

    init(capacity: Int) {
        self.capacity = max(capacity, 32)
        unsafe start = .allocate(byteCount: self.capacity, alignment: 8)
    }

    deinit {
        unsafe start.deallocate()
    }

    /// A copy of the text so far.
    var bytes: [UInt8] {
        unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
    }

    @inline(__always) mutating func makeRoom(_ more: Int) {
        if more > capacity - count { grow(by: more) }
    }

    @inline(never) private mutating func grow(by more: Int) {
        let capacity = max(2 * self.capacity, count + more)
        let grown = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 8)
        unsafe grown.copyMemory(from: start, byteCount: count)
        unsafe start.deallocate()
        unsafe start = grown
        self.capacity = capacity
    }

    @inline(__always) mutating func append(_ byte: UInt8) {
        makeRoom(1)
        append(unchecked: byte)
    }

    mutating func append(contentsOf bytes: some Collection<UInt8>) {
        let copied: Void? = bytes.withContiguousStorageIfAvailable { unsafe append($0.span) }
        if copied == nil { for byte in bytes { append(byte) } }
    }

    @inline(__always) mutating func append(_ text: Span<UInt8>) {
        makeRoom(text.count)
        append(unchecked: text)
    }

    // MARK: Where the caller has made room

    @inline(__always) mutating func append(unchecked byte: UInt8) {
        assert(count < capacity, "the caller makes room")
        unsafe start.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    @inline(__always) mutating func append(unchecked text: Span<UInt8>) {
        assert(text.count <= capacity - count, "the caller makes room")
        unsafe text.withUnsafeBytes { text in
            guard let bytes = text.baseAddress else { return }
            unsafe (start + count).copyMemory(from: bytes, byteCount: text.count)
        }
        count += text.count
    }

    @inline(__always) mutating func append(unchecked text: StaticString) {
        text.withUTF8Buffer { append(unchecked: unsafe $0.span) }
    }

    @inline(__always) mutating func append(uncheckedDigitsOf value: UInt64) {
        var end = count
        var rest = value
        repeat {
            end += 1
            rest /= 10
        } while rest > 0
        assert(end <= capacity, "the caller makes room")
        var index = end
        rest = value
        repeat {
            index -= 1
            let digit = ASCII.zero + UInt8(truncatingIfNeeded: rest % 10)
            unsafe start.storeBytes(of: digit, toByteOffset: index, as: UInt8.self)
            rest /= 10
        } while index > count
        count = end
    }

    /// Looks at a text and copies it in the same steps, eight bytes each, as far as it needs no attention.
    ///
    /// - Returns: how many bytes of it were copied.
    @inline(__always) mutating func append(uncheckedPlainPrefixOf text: Span<UInt8>) -> Int {
        assert(text.count <= capacity - count, "the caller makes room")
        let copied = text.count < 8 ? copyPlainBytes(of: text) : copyPlainWords(of: text)
        count += copied
        return copied
    }

    @inline(__always) private func copyPlainWords(of text: Span<UInt8>) -> Int {
        var index = 0
        let last = text.count - 8
        repeat {
            // The last step takes bytes again that the step before it has copied.
            index = min(index, last)
            let word = text.word(at: index)
            unsafe start.storeBytes(of: word.littleEndian, toByteOffset: count + index, as: UInt64.self)
            let special = Span<UInt8>.specialBytes(in: word)
            if special != 0 { return index + special.trailingZeroBitCount / 8 }
            index += 8
        } while index < text.count
        return text.count
    }

    @inline(__always) private func copyPlainBytes(of text: Span<UInt8>) -> Int {
        var index = 0
        while index < text.count, !Span<UInt8>.isSpecial(text[index]) {
            unsafe start.storeBytes(of: text[index], toByteOffset: count + index, as: UInt8.self)
            index += 1
        }
        return index
    }
}
