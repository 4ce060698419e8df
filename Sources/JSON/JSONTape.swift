/// A parsed document: its bytes, and its values flattened in document order.
///
/// A class, so that the many short-lived `JSONValue`s of a request cost one reference count each and not two.
final class JSONTape: Sendable {
    let bytes: [UInt8]
    /// An object is followed by name, value, name, value …; an array by its elements. Never empty: the root is first.
    let nodes: [JSONNode]

    init(parsing bytes: [UInt8], limits: JSONLimits) throws(JSONError) {
        var parser = JSONParser(limits: limits)
        try parser.parse(bytes.span)
        self.bytes = bytes
        self.nodes = parser.nodes
    }

    /// The text of a string between its quotes, escapes not yet decoded.
    func content(of node: JSONNode) -> Range<Int> {
        Int(node.start) + 1..<Int(node.end) - 1
    }

    /// The value of a string as UTF-8.
    func decoded(_ node: JSONNode) -> [UInt8] {
        let content = content(of: node)
        guard node.flags.contains(.escaped) else { return [UInt8](bytes[content]) }
        var text: [UInt8] = []
        text.reserveCapacity(content.count)
        let bytes = bytes
        bytes.span.extracting(content).appendUnescaped(to: &text)
        return text
    }

    /// Whether the string's value is exactly these UTF-8 bytes; no normalisation, so NFC and NFD differ.
    func string(_ node: JSONNode, equals text: Span<UInt8>) -> Bool {
        let content = content(of: node)
        // Unescaping never lengthens a text.
        guard content.count >= text.count else { return false }
        if node.flags.contains(.escaped) { return decoded(node).span.hasSameBytes(as: text) }
        let bytes = bytes
        return bytes.span.extracting(content).hasSameBytes(as: text)
    }
}
