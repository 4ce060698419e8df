/// One value of a document: a cursor that keeps the document alive and costs nothing to copy.
///
/// Every question about another kind than the value's own is answered with nil, false, or an empty sequence.
package struct JSONValue: Sendable {
    package enum Kind: UInt8, Sendable {
        case object, array, string, number, boolean, null
    }

    let tape: JSONTape
    let index: Int

    package var kind: Kind { node.kind }

    /// The offset of the value's first byte in the document.
    package var offset: Int { Int(node.start) }

    /// The value's text exactly as received.
    package var bytes: ArraySlice<UInt8> { tape.bytes[node.text] }

    /// The number of an object's members or an array's elements; 0 for other kinds.
    package var count: Int { kind == .object || kind == .array ? Int(node.detail) : 0 }

    /// An object's members in document order.
    package var members: JSONMembers { JSONMembers(of: self) }

    /// An array's elements in order.
    package var elements: JSONElements { JSONElements(of: self) }

    /// nil when the value is neither `true` nor `false`.
    package var boolean: Bool? {
        kind == .boolean ? tape.bytes[offset] == UInt8(ascii: "t") : nil
    }

    package var isNull: Bool { kind == .null }

    var node: JSONNode { tape.nodes[index] }
}
