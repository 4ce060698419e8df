extension [UInt8] {
    mutating func append(text: StaticString) {
        text.withUTF8Buffer { unsafe append(contentsOf: $0) }
    }

    mutating func append(text: String) {
        append(contentsOf: text.utf8)
    }

    /// Text that must stay within its header line: a control character in it becomes a space.
    mutating func append(headerText text: String) {
        let start = count
        append(contentsOf: text.utf8)
        for index in start..<count where self[index] < 0x20 || self[index] == 0x7F {
            self[index] = UInt8(ascii: " ")
        }
    }

    mutating func append(decimal number: some BinaryInteger) {
        guard number >= 10 else {
            if number < 0 { return append(text: "\(number)") }
            return append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number))
        }
        // The digits come out last first; 20 of them hold any 64-bit number.
        let start = count
        var rest = UInt64(truncatingIfNeeded: number)
        while rest > 0 {
            append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        }
        self[start...].reverse()
    }
}
