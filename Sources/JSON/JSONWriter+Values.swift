extension JSONWriter {
    /// Writes a member name of a document, escaped as it was received.
    package mutating func name(_ name: JSONValue) {
        precondition(name.kind == .string, "a name is a string")
        self.name(raw: name.bytes)
    }

    /// Writes a value of a document without its whitespace and comments; strings and numbers as they were received.
    ///
    /// Recurses as deep as the document is, which the limit of its reader has bounded.
    package mutating func value(_ value: JSONValue) {
        switch value.kind {
        case .object:
            beginObject()
            for member in value.members {
                name(member.name)
                self.value(member.value)
            }
            endObject()
        case .array:
            beginArray()
            for element in value.elements { self.value(element) }
            endArray()
        case .string, .number, .boolean, .null:
            raw(value.bytes)
        }
    }
}
