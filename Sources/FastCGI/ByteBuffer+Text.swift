extension [UInt8] {
    mutating func append(text: StaticString) {
        text.withUTF8Buffer { unsafe append(contentsOf: $0) }
    }

    mutating func append(text: String) {
        append(text.utf8.span)
    }

    /// One copy; a `String.UTF8View` appended as a collection takes twice as long.
    mutating func append(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }

    /// Text that must stay within its header line: a control character in it becomes a space.
    mutating func append(headerText text: String) {
        let start = count
        append(text: text)
        for index in start..<count where self[index] < 0x20 || self[index] == 0x7F {
            self[index] = UInt8(ascii: " ")
        }
    }

    mutating func append(decimal number: Int) {
        if number < 0 { append(UInt8(ascii: "-")) }
        append(digitsOf: number.magnitude)
    }

    private mutating func append(digitsOf number: UInt) {
        if number >= 10 { append(digitsOf: number / 10) }
        append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
    }
}
