extension JSONWriter {
    /// Appends a name or string with its quotes, after a comma where one is due, and a colon after a name. Escapes the
    /// quote, the backslash and control characters, and nothing else.
    mutating func appendQuoted(_ text: Span<UInt8>, isName: Bool) {
        let needsComma = needsComma
        guard text.indexOfSpecialByte(from: 0) < text.count else {
            return appendPlain(text, comma: needsComma, colon: isName)
        }
        if needsComma { append(ASCII.comma) }
        append(ASCII.quote)
        appendEscaped(text)
        append(ASCII.quote)
        if isName { append(ASCII.colon) }
    }

    private mutating func appendEscaped(_ text: Span<UInt8>) {
        var start = 0
        while start < text.count {
            var end = text.indexOfSpecialByte(from: start)
            while end < text.count, text[end] >= 0x80 { end = text.indexOfSpecialByte(from: end + 1) }
            append(text.extracting(start..<end))
            if end < text.count { appendEscape(of: text[end]) }
            start = end + 1
        }
    }

    mutating func appendDigits(of value: UInt64) {
        var digits = InlineArray<20, UInt8>(repeating: ASCII.zero)  // 2^64 has 20
        var rest = value
        var start = 20
        repeat {
            start -= 1
            digits[start] = ASCII.zero + UInt8(rest % 10)
            rest /= 10
        } while rest > 0
        append(digits.span.extracting(start...))
    }

    private mutating func appendEscape(of byte: UInt8) {
        append(ASCII.backslash)
        switch byte {
        case ASCII.quote, ASCII.backslash: append(byte)
        case ASCII.backspace: append(UInt8(ascii: "b"))
        case ASCII.tab: append(UInt8(ascii: "t"))
        case ASCII.lineFeed: append(UInt8(ascii: "n"))
        case ASCII.formFeed: append(UInt8(ascii: "f"))
        case ASCII.carriageReturn: append(UInt8(ascii: "r"))
        default:
            for byte in "u00".utf8 { append(byte) }
            append(Self.hexadecimalDigit(byte >> 4))
            append(Self.hexadecimalDigit(byte & 0xF))
        }
    }

    private static func hexadecimalDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? ASCII.zero + value : UInt8(ascii: "a") + value - 10
    }
}
