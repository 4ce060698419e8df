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

    mutating func append(decimal number: Int) {
        if number < 0 { append(UInt8(ascii: "-")) }
        var rest = number.magnitude
        var digits = 1
        var bound: UInt = 10
        while rest >= bound {
            digits += 1
            let (next, overflows) = bound.multipliedReportingOverflow(by: 10)
            if overflows { break }
            bound = next
        }
        append(contentsOf: repeatElement(UInt8(ascii: "0"), count: digits))
        var index = count - 1
        while rest > 0 {
            self[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
            index -= 1
        }
    }
}
