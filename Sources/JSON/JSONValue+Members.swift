extension JSONValue {
    /// The value of the member with this name; nil when there is none or the value is not an object.
    package subscript(name: StaticString) -> JSONValue? {
        name.withUTF8Buffer { unsafe member(namedBy: $0.span) }
    }

    /// The value of the member whose decoded name is exactly these UTF-8 bytes.
    package func member(named name: some Collection<UInt8>) -> JSONValue? {
        member(namedBy: [UInt8](name).span)
    }

    /// The value of the member with this name, compared by UTF-8 bytes: unlike `String.==`, NFC and NFD forms differ.
    package func member(named name: String) -> JSONValue? {
        member(namedBy: name.utf8.span)
    }

    private func member(namedBy name: Span<UInt8>) -> JSONValue? {
        guard kind == .object else { return nil }
        let fingerprint = name.fingerprint(of: 0..<name.count)
        var index = index + 1
        let end = Int(node.next)
        while index < end {
            let candidate = tape.nodes[index]
            if candidate.detail == fingerprint || candidate.flags.contains(.escaped),
                tape.string(candidate, equals: name)
            {
                return JSONValue(tape: tape, index: index + 1)
            }
            index = Int(tape.nodes[index + 1].next)
        }
        return nil
    }

    /// Whether some member's name has this ASCII character in it, or may have: escaped names are not looked into.
    package func mayHaveName(with character: UInt8) -> Bool {
        guard kind == .object else { return false }
        let nodes = tape.nodes
        let bytes = tape.bytes
        var index = index + 1
        let end = Int(node.next)
        while index < end {
            let name = nodes[index]
            if name.flags.contains(.escaped) { return true }
            let text = bytes.span.extracting(name.content)
            for position in text.indices where text[position] == character { return true }
            index = Int(nodes[index + 1].next)
        }
        return false
    }
}
