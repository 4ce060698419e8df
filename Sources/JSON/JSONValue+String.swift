extension JSONValue {
    /// A string's value; nil for other kinds.
    ///
    /// Compare identifiers with `equals` or as `utf8`: `String.==` takes canonically equivalent texts for equal.
    package var string: String? {
        guard kind == .string else { return nil }
        guard node.flags.contains(.escaped) else {
            // The parser has seen to it that the text is UTF-8.
            return String(copying: unsafe UTF8Span(unchecked: tape.bytes[node.content].span))
        }
        return String(decoding: tape.decoded(node), as: UTF8.self)
    }

    /// A string's value as UTF-8 bytes; nil for other kinds.
    package var utf8: [UInt8]? { kind == .string ? tape.decoded(node) : nil }

    /// Whether this is a string with exactly this text, compared as UTF-8 bytes.
    package func equals(_ text: StaticString) -> Bool {
        kind == .string && text.withUTF8Buffer { unsafe tape.string(node, equals: $0.span) }
    }

    /// Whether this is a string with exactly this text, compared as UTF-8 bytes.
    package func equals(_ text: String) -> Bool {
        kind == .string && tape.string(node, equals: text.utf8.span)
    }

    /// Whether this is a string that holds U+0000, which would end it early in C.
    package var containsNUL: Bool { node.flags.contains(.containsNUL) }

    /// Whether this value, or any name or string within it, holds U+0000.
    package var holdsNUL: Bool {
        let end = kind == .object || kind == .array ? Int(node.next) : index + 1
        return tape.nodes[index..<end].contains { $0.flags.contains(.containsNUL) }
    }
}
