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
        var index = index + 1
        let end = Int(node.next)
        while index < end {
            if tape.string(tape.nodes[index], equals: name) { return JSONValue(tape: tape, index: index + 1) }
            index = Int(tape.nodes[index + 1].next)
        }
        return nil
    }
}
