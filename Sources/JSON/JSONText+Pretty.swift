extension JSONText {
    /// The value for people to read: one member or element a line, two spaces for each level, no line feed at the end.
    package static func pretty(_ value: JSONValue) -> [UInt8] {
        var text: [UInt8] = []
        append(value, indentation: 0, to: &text)
        return text
    }

    /// Recurses as deep as the document is, which the limit of its reader has bounded.
    private static func append(_ value: JSONValue, indentation: Int, to text: inout [UInt8]) {
        guard value.count > 0 else { return appendLeaf(value, to: &text) }
        let isObject = value.kind == .object
        text.append(isObject ? ASCII.openBrace : ASCII.openBracket)
        var isFirst = true
        func beginLine() {
            if !isFirst { text.append(ASCII.comma) }
            isFirst = false
            appendLineFeed(indentation: indentation + 1, to: &text)
        }
        for (name, member) in value.members {
            beginLine()
            text.append(contentsOf: name.bytes)
            text.append(contentsOf: ": ".utf8)
            append(member, indentation: indentation + 1, to: &text)
        }
        for element in value.elements {
            beginLine()
            append(element, indentation: indentation + 1, to: &text)
        }
        appendLineFeed(indentation: indentation, to: &text)
        text.append(isObject ? ASCII.closeBrace : ASCII.closeBracket)
    }

    /// A scalar as it was received, or a container without content.
    private static func appendLeaf(_ value: JSONValue, to text: inout [UInt8]) {
        switch value.kind {
        case .object: text.append(contentsOf: "{}".utf8)
        case .array: text.append(contentsOf: "[]".utf8)
        case .string, .number, .boolean, .null: text.append(contentsOf: value.bytes)
        }
    }

    private static func appendLineFeed(indentation: Int, to text: inout [UInt8]) {
        text.append(ASCII.lineFeed)
        text.append(contentsOf: repeatElement(ASCII.space, count: 2 * indentation))
    }
}
