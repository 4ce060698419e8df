extension JSONParser {
    mutating func scanLiteral(
        _ literal: StaticString, _ kind: JSONValue.Kind, _ text: Span<UInt8>
    ) throws(JSONError) {
        let start = position
        let end = start + literal.utf8CodeUnitCount
        guard
            end <= text.count,
            literal.withUTF8Buffer({ unsafe text.extracting(start..<end).hasSameBytes(as: $0.span) })
        else { throw JSONError(.invalidLiteral, at: start) }
        position = end
        append(kind, from: start, to: end)
    }

    /// Reads a number: `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?` (RFC 8259, section 6).
    mutating func scanNumber(_ text: Span<UInt8>) throws(JSONError) {
        let start = position
        var flags: JSONNode.Flags = .digitsOnly
        if byte(text) == ASCII.minus { position += 1 }
        if byte(text) == ASCII.zero {
            position += 1
            if ASCII.isDigit(byte(text)) { throw fault(.invalidNumber, text) }
        } else {
            try scanDigits(text)
        }
        if byte(text) == ASCII.point {
            position += 1
            try scanDigits(text)
            flags = []
        }
        if byte(text) | 0x20 == UInt8(ascii: "e") {
            position += 1
            if byte(text) == ASCII.plus || byte(text) == ASCII.minus { position += 1 }
            try scanDigits(text)
            flags = []
        }
        append(.number, from: start, to: position, flags: flags)
    }

    /// One digit or more.
    private mutating func scanDigits(_ text: Span<UInt8>) throws(JSONError) {
        guard ASCII.isDigit(byte(text)) else { throw fault(.invalidNumber, text) }
        repeat { position += 1 } while ASCII.isDigit(byte(text))
    }
}
