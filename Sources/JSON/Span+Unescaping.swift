extension Span where Element == UInt8 {
    /// Appends the value of a string's content that the parser has accepted.
    func appendUnescaped(to text: inout [UInt8]) {
        var index = 0
        while index < count {
            let byte = self[index]
            guard byte == ASCII.backslash else {
                text.append(byte)
                index += 1
                continue
            }
            let escape = self[index + 1]
            if escape == UInt8(ascii: "u") {
                let (scalar, length) = escapedScalar(at: index)
                text.append(contentsOf: scalar.utf8)
                index += length
            } else {
                text.append(Self.unescaped(escape))
                index += 2
            }
        }
    }

    /// The scalar that `\uXXXX`, or a surrogate pair of two of them, stands for, and the length of that text.
    private func escapedScalar(at index: Int) -> (scalar: Unicode.Scalar, length: Int) {
        let unit = codeUnit(at: index + 2)
        if let scalar = Unicode.Scalar(unit) { return (scalar, 6) }
        let lead = UInt32(unit - 0xD800)
        let trail = UInt32(codeUnit(at: index + 8) - 0xDC00)
        guard let scalar = Unicode.Scalar(0x10000 + (lead << 10 | trail)) else {
            preconditionFailure("the parser refuses lone surrogates")
        }
        return (scalar, 12)
    }

    /// The four hexadecimal digits at `index`; 0 when they are not digits, which the parser has excluded.
    private func codeUnit(at index: Int) -> UInt16 {
        var unit: UInt16 = 0
        for offset in index..<index + 4 { unit = unit << 4 | (ASCII.hexadecimalValue(self[offset]) ?? 0) }
        return unit
    }

    private static func unescaped(_ escape: UInt8) -> UInt8 {
        switch escape {
        case UInt8(ascii: "b"): ASCII.backspace
        case UInt8(ascii: "f"): ASCII.formFeed
        case UInt8(ascii: "n"): ASCII.lineFeed
        case UInt8(ascii: "r"): ASCII.carriageReturn
        case UInt8(ascii: "t"): ASCII.tab
        default: escape  // quote, backslash, slash
        }
    }
}
