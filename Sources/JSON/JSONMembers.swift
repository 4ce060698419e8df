/// An object's members in document order.
package struct JSONMembers: Sequence, IteratorProtocol, Sendable {
    private let tape: JSONTape
    private var index: Int
    private let end: Int

    init(of value: JSONValue) {
        tape = value.tape
        index = value.index + 1
        end = value.kind == .object ? Int(value.node.next) : index
    }

    /// The next member, its name as a string value.
    package mutating func next() -> (name: JSONValue, value: JSONValue)? {
        guard index < end else { return nil }
        let name = JSONValue(tape: tape, index: index)
        let value = JSONValue(tape: tape, index: index + 1)
        index = Int(value.node.next)
        return (name, value)
    }
}
