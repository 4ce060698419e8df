/// A parsed document: its bytes, and its values flattened in document order.
///
/// A class, so that the many short-lived `JSONValue`s of a request cost one reference count each and not two.
final class JSONTape: Sendable {
    let bytes: [UInt8]
    /// The root, then its descendants: an object is followed by name, value, name, value …; an array by its elements.
    let nodes: [JSONNode]

    init(parsing bytes: [UInt8], limits: JSONLimits) throws(JSONError) {
        var parser = JSONParser(limits: limits)
        try parser.parse(bytes.span)
        self.bytes = bytes
        self.nodes = parser.nodes
    }

    /// The value of a string as UTF-8.
    func decoded(_ node: JSONNode) -> [UInt8] {
        guard node.flags.contains(.escaped) else { return [UInt8](bytes[node.content]) }
        var text: [UInt8] = []
        text.reserveCapacity(node.content.count)
        let bytes = bytes  // a span must not outlive an access, and each mention of a class's property is one
        bytes.span.extracting(node.content).appendUnescaped(to: &text)
        return text
    }

    /// Whether the string's value is exactly these UTF-8 bytes; no normalisation, so NFC and NFD differ.
    func string(_ node: JSONNode, equals text: Span<UInt8>) -> Bool {
        // Unescaping never lengthens a text.
        guard node.content.count >= text.count else { return false }
        if node.flags.contains(.escaped) { return decoded(node).span.hasSameBytes(as: text) }
        let bytes = bytes
        return bytes.span.extracting(node.content).hasSameBytes(as: text)
    }
}
