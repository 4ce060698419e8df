extension JSONParser {
    /// Reads a string, from its opening quote to after its closing one.
    mutating func scanString(_ text: Span<UInt8>, isName: Bool = false) throws(JSONError) {
        let start = position
        var flags: JSONNode.Flags = []
        position += 1
        while true {
            position = text.indexOfSpecialByte(from: position)
            switch byte(text) {
            case ASCII.quote:
                position += 1
                let detail = isName ? text.fingerprint(of: start + 1..<position - 1) : 0
                append(.string, from: start, to: position, flags: flags, detail: detail)
                return
            case ASCII.backslash:
                flags.formUnion(try scanEscape(text))
            case 0x80...:
                try scanMultibyte(text)
            default:
                throw fault(.controlCharacter, text)
            }
        }
    }

    /// Reads one escape sequence, or the two of a surrogate pair.
    private mutating func scanEscape(_ text: Span<UInt8>) throws(JSONError) -> JSONNode.Flags {
        let start = position
        position += 1
        switch byte(text) {
        case ASCII.quote, ASCII.backslash, ASCII.slash, UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
            return .escaped
        case UInt8(ascii: "u"):
            let unit = try scanCodeUnit(text, escapeStart: start)
            if UTF16.isTrailSurrogate(unit) { throw JSONError(.loneSurrogate, at: start) }
            if UTF16.isLeadSurrogate(unit) { try scanTrailSurrogate(text, pairStart: start) }
            return unit == 0 ? [.escaped, .containsNUL] : .escaped
        default:
            throw position < text.count ? JSONError(.invalidEscape, at: start) : fault(.unexpectedEnd, text)
        }
    }

    private mutating func scanTrailSurrogate(_ text: Span<UInt8>, pairStart: Int) throws(JSONError) {
        let start = position
        guard byte(text) == ASCII.backslash else {
            throw position < text.count ? JSONError(.loneSurrogate, at: pairStart) : fault(.unexpectedEnd, text)
        }
        position += 1
        guard byte(text) == UInt8(ascii: "u") else {
            throw position < text.count ? JSONError(.loneSurrogate, at: pairStart) : fault(.unexpectedEnd, text)
        }
        guard UTF16.isTrailSurrogate(try scanCodeUnit(text, escapeStart: start)) else {
            throw JSONError(.loneSurrogate, at: pairStart)
        }
    }

    /// Reads `uXXXX`.
    private mutating func scanCodeUnit(_ text: Span<UInt8>, escapeStart: Int) throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        position += 1
        for _ in 0..<4 {
            guard let digit = ASCII.hexadecimalValue(byte(text)) else {
                throw position < text.count ? JSONError(.invalidEscape, at: escapeStart) : fault(.unexpectedEnd, text)
            }
            unit = unit << 4 | digit
            position += 1
        }
        return unit
    }

    /// Reads one character of two to four bytes, by the table of well-formed sequences (Unicode, table 3-7): the second
    /// byte's range excludes overlong forms, surrogates and what lies beyond U+10FFFF.
    private mutating func scanMultibyte(_ text: Span<UInt8>) throws(JSONError) {
        let start = position
        let (length, second): (Int, ClosedRange<UInt8>) =
            switch text[start] {
            case 0xC2...0xDF: (2, 0x80...0xBF)
            case 0xE0: (3, 0xA0...0xBF)
            case 0xE1...0xEC, 0xEE...0xEF: (3, 0x80...0xBF)
            case 0xED: (3, 0x80...0x9F)
            case 0xF0: (4, 0x90...0xBF)
            case 0xF1...0xF3: (4, 0x80...0xBF)
            case 0xF4: (4, 0x80...0x8F)
            default: throw JSONError(.invalidUTF8, at: start)
            }
        guard text.count - start >= length, second.contains(text[start + 1]) else {
            throw JSONError(.invalidUTF8, at: start)
        }
        for index in start + 2..<start + length where text[index] & 0b1100_0000 != 0b1000_0000 {
            throw JSONError(.invalidUTF8, at: start)
        }
        position = start + length
    }
}
