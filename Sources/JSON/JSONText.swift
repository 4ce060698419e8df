/// Operations on JSON as text.
package enum JSONText {
    /// The text without the spaces, tabs, carriage returns and line feeds that stand outside of strings; nothing else
    /// is changed.
    ///
    /// Purely lexical, for any bytes: it serves to check signatures, before the text is parsed. The same array comes
    /// back when there is nothing to drop.
    package static func compacted(_ bytes: [UInt8]) -> [UInt8] {
        let text = bytes.span
        guard let first = firstInsignificantByte(text, from: 0) else { return bytes }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var kept = 0
        var dropped: Int? = first
        while let index = dropped {
            result.append(contentsOf: bytes[kept..<index])
            kept = index + 1
            while kept < text.count, ASCII.isSpace(text[kept]) { kept += 1 }
            dropped = firstInsignificantByte(text, from: kept)
        }
        result.append(contentsOf: bytes[kept...])
        return result
    }

    /// The first whitespace outside of strings at or after `start`, which itself lies outside of strings.
    private static func firstInsignificantByte(_ text: Span<UInt8>, from start: Int) -> Int? {
        var index = start
        while index < text.count {
            let byte = text[index]
            if ASCII.isSpace(byte) { return index }
            index = byte == ASCII.quote ? endOfString(text, from: index + 1) : index + 1
        }
        return nil
    }

    /// The index after the closing quote of the string whose content starts at `start`, or the text's end.
    private static func endOfString(_ text: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while index < text.count {
            index = text.indexOfSpecialByte(from: index)
            guard index < text.count else { break }
            switch text[index] {
            case ASCII.quote: return index + 1
            case ASCII.backslash: index += 2
            default: index += 1
            }
        }
        return text.count
    }
}
