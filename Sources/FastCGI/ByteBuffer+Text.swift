extension [UInt8] {
    mutating func append(text: StaticString) {
        append(addingCapacity: text.utf8CodeUnitCount) { $0.append(text: text) }
    }

    mutating func append(text: String) {
        append(text.utf8.span)
    }

    /// One copy; a `String.UTF8View` appended as a collection takes twice as long.
    mutating func append(_ bytes: Span<UInt8>) {
        append(addingCapacity: bytes.count) { $0.append(bytes: bytes) }
    }

    mutating func append(decimal number: Int) {
        append(addingCapacity: OutputSpan<UInt8>.decimalLength) { $0.append(decimal: number) }
    }
}

/// The pieces of a text; the caller has made room for them.
extension OutputSpan where Element == UInt8 {
    /// The digits of 2^63 and a sign.
    static var decimalLength: Int { 20 }

    @inline(__always) mutating func append(text: StaticString) {
        text.withUTF8Buffer { append(bytes: unsafe $0.span) }
    }

    @inline(__always) mutating func append(text: String) {
        append(bytes: text.utf8.span)
    }

    /// Text that must stay within its header line: a control character in it becomes a space.
    mutating func append(headerText text: String) {
        let bytes = text.utf8.span
        for index in bytes.indices {
            let byte = bytes[index]
            append(byte < 0x20 || byte == 0x7F ? UInt8(ascii: " ") : byte)
        }
    }

    @inline(__always) mutating func append(bytes: Span<UInt8>) {
        precondition(bytes.count <= freeCapacity, "the caller makes room")
        unsafe withUnsafeMutableBufferPointer { buffer, count in
            let free = UnsafeMutableRawBufferPointer(buffer.extracting(count...))
            unsafe bytes.withUnsafeBytes { unsafe free.copyMemory(from: $0) }
            count += bytes.count
        }
    }

    @inline(__always) mutating func append(decimal number: Int) {
        if number < 0 { append(UInt8(ascii: "-")) }
        var digits = InlineArray<20, UInt8>(repeating: UInt8(ascii: "0"))
        var rest = number.magnitude
        var start = 20
        repeat {
            start -= 1
            digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        append(bytes: digits.span.extracting(start...))
    }
}
