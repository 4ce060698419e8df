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
    private static let mostKept = 1 << 16

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

    /// Forgets the text and keeps the memory, unless that is more than most texts need.
    mutating func reset() {
        count = 0
        guard capacity > TextBuffer.mostKept else { return }
        unsafe start.deallocate()
        capacity = TextBuffer.mostKept
        unsafe start = .allocate(byteCount: capacity, alignment: 8)
    }

    func withBytes<Result, Failure>(_ body: (Span<UInt8>) throws(Failure) -> Result) throws(Failure) -> Result {
        let bytes = unsafe UnsafeBufferPointer(start: start.assumingMemoryBound(to: UInt8.self), count: count)
        return try body(unsafe bytes.span)
    }

    // MARK: Where the caller has made room
    // Sums of offsets wrap without a check: makeRoom has made the same sums with checks.

    @inline(__always) mutating func append(unchecked byte: UInt8) {
        assert(count < capacity, "the caller makes room")
        unsafe start.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count &+= 1
    }

    @inline(__always) mutating func append(unchecked text: Span<UInt8>) {
        assert(text.count <= capacity - count, "the caller makes room")
        unsafe text.withUnsafeBytes { text in
            guard let bytes = text.baseAddress else { return }
            unsafe (start + count).copyMemory(from: bytes, byteCount: text.count)
        }
        count &+= text.count
    }

    @inline(__always) mutating func append(unchecked text: StaticString) {
        text.withUTF8Buffer { append(unchecked: unsafe $0.span) }
    }

    /// Appends `,"name":`, with or without the comma.
    ///
    /// Names are short: a call to copy one would take longer than copying it.
    @inline(__always) mutating func append(uncheckedName name: Span<UInt8>, comma: Bool) {
        assert(name.count + 4 <= capacity - count, "the caller makes room")
        let opening: UInt16 = comma ? 0x222C : 0x22  // `,"` or `"`, the first byte lowest
        unsafe start.storeBytes(of: opening.littleEndian, toByteOffset: count, as: UInt16.self)
        count &+= comma ? 2 : 1
        switch name.count {
        case 8...: copyWords(of: name)
        case 4...: copyHalves(of: name)
        default:
            for index in name.indices {
                unsafe start.storeBytes(of: name[index], toByteOffset: count &+ index, as: UInt8.self)
            }
        }
        count &+= name.count
        unsafe start.storeBytes(of: UInt16(0x3A22).littleEndian, toByteOffset: count, as: UInt16.self)  // `":`
        count &+= 2
    }

    @inline(__always) mutating func append(uncheckedDigitsOf value: UInt64) {
        guard value >= 10 else { return append(unchecked: ASCII.zero + UInt8(truncatingIfNeeded: value)) }
        var end = count
        var rest = value
        while rest >= 100 {
            end &+= 2
            rest /= 100
        }
        end &+= rest < 10 ? 1 : 2
        assert(end <= capacity, "the caller makes room")
        var index = end
        rest = value
        while rest >= 10 {
            index &-= 2
            let (tens, ones) = (rest % 100 / 10, rest % 10)
            let pair = UInt16(truncatingIfNeeded: 0x3030 | tens | ones << 8)
            unsafe start.storeBytes(of: pair.littleEndian, toByteOffset: index, as: UInt16.self)
            rest /= 100
        }
        if index > count {
            let digit = ASCII.zero + UInt8(truncatingIfNeeded: rest)
            unsafe start.storeBytes(of: digit, toByteOffset: count, as: UInt8.self)
        }
        count = end
    }

    /// Appends a text in which nothing needs an escape; otherwise nothing.
    ///
    /// Looks at the text and copies it in the same steps, eight bytes each.
    ///
    /// - Returns: whether it was appended.
    @inline(__always) mutating func append(uncheckedPlain text: Span<UInt8>) -> Bool {
        assert(text.count <= capacity - count, "the caller makes room")
        let escapes =
            switch text.count {
            case 8...: copyWords(of: text)
            case 4...: copyHalves(of: text)
            default: copyBytes(of: text)
            }
        guard escapes == 0 else { return false }
        count &+= text.count
        return true
    }

    /// Copies eight bytes or more.
    ///
    /// - Returns: 0 when none of them may have to be escaped in a string.
    @discardableResult
    @inline(__always) private func copyWords(of text: Span<UInt8>) -> UInt64 {
        let into = unsafe start + count
        return unsafe text.withUnsafeBytes { text in
            let last = text.count &- 8
            var escapes: UInt64 = 0
            var index = 0
            while index < last {
                escapes |= unsafe Self.copyWord(at: index, text, into)
                index &+= 8
            }
            // The last step takes bytes again that the step before it has copied.
            escapes |= unsafe Self.copyWord(at: last, text, into)
            return escapes & Self.topBits
        }
    }

    @inline(__always) private static func copyWord(
        at index: Int, _ text: UnsafeRawBufferPointer, _ into: UnsafeMutableRawPointer
    ) -> UInt64 {
        let word = unsafe text.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        unsafe into.storeBytes(of: word, toByteOffset: index, as: UInt64.self)
        return escapes(in: word)
    }

    /// As above, for four to eight bytes.
    @discardableResult
    @inline(__always) private func copyHalves(of text: Span<UInt8>) -> UInt64 {
        let into = unsafe start + count
        return unsafe text.withUnsafeBytes { text in
            let last = text.count &- 4
            let first = unsafe text.loadUnaligned(as: UInt32.self)
            let second = unsafe text.loadUnaligned(fromByteOffset: last, as: UInt32.self)
            unsafe into.storeBytes(of: first, as: UInt32.self)
            unsafe into.storeBytes(of: second, toByteOffset: last, as: UInt32.self)
            return Self.escapes(in: UInt64(first) | UInt64(second) << 32) & Self.topBits
        }
    }

    /// As above, for any number of bytes.
    @inline(__always) private func copyBytes(of text: Span<UInt8>) -> UInt64 {
        for index in text.indices {
            let byte = text[index]
            if ASCII.mustBeEscaped(byte) { return 1 }
            unsafe start.storeBytes(of: byte, toByteOffset: count &+ index, as: UInt8.self)
        }
        return 0
    }

    private static var topBits: UInt64 { 0x8080_8080_8080_8080 }

    /// A word with one of its `topBits` set when a byte must be escaped, and when one is not ASCII: less to compute than
    /// `Span.specialBytes`, and enough to know that none is there.
    @inline(__always) private static func escapes(in word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = word ^ (ones &* UInt64(ASCII.quote))
        let backslashes = word ^ (ones &* UInt64(ASCII.backslash))
        return (quotes &- ones) | (backslashes &- ones) | (word &- ones &* UInt64(ASCII.space)) | word
    }
}
