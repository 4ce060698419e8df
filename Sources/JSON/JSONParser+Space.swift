extension JSONParser {
    /// Inlined as far as the usual case, that there is nothing to skip.
    @inline(__always) mutating func skipSpace(_ text: Span<UInt8>) throws(JSONError) {
        let next = byte(text)
        if next <= ASCII.space || next == ASCII.slash { try skipSpaceAndComments(text) }
    }

    private mutating func skipSpaceAndComments(_ text: Span<UInt8>) throws(JSONError) {
        while position < text.count {
            let byte = text[position]
            if ASCII.isSpace(byte) {
                position += 1
            } else if byte == ASCII.slash, limits.allowsComments {
                try skipComment(text)
            } else {
                return
            }
        }
    }

    /// A byte order mark is refused, not skipped: RFC 8259, section 8.1 lets a parser ignore it, but then the bytes
    /// that were signed and the bytes that were read would differ.
    func refuseByteOrderMark(_ text: Span<UInt8>) throws(JSONError) {
        if text.count >= 3, text[0] == 0xEF, text[1] == 0xBB, text[2] == 0xBF { throw JSONError(.byteOrderMark, at: 0) }
    }

    private mutating func skipComment(_ text: Span<UInt8>) throws(JSONError) {
        let start = position
        position += 1
        switch byte(text) {
        case ASCII.slash:
            while position < text.count, text[position] != ASCII.lineFeed { position += 1 }
        case ASCII.asterisk:
            position += 1
            while true {
                guard text.count - position >= 2 else { throw JSONError(.unterminatedComment, at: start) }
                if text[position] == ASCII.asterisk, text[position + 1] == ASCII.slash { break }
                position += 1
            }
            position += 2
        default:
            throw JSONError(.expectedValue, at: start)
        }
    }
}
