import JSON

/// A member of a stored document that this version does not know, kept as it was written so that nothing a newer
/// version stored is lost by an older one.
package struct UnknownMember: Sendable, Equatable {
    let name: String
    let value: [UInt8]

    /// The members of `object` whose names are not among `known`.
    static func members(of object: JSONValue, except known: [StaticString]) -> [UnknownMember] {
        var unknown: [UnknownMember] = []
        for (name, value) in object.members where !known.contains(where: name.equals) {
            unknown.append(UnknownMember(name: name.string ?? "", value: Array(value.bytes)))
        }
        return unknown
    }

    static func write(_ members: [UnknownMember], to writer: inout JSONWriter) {
        for member in members {
            writer.name(member.name)
            writer.raw(member.value)
        }
    }
}
