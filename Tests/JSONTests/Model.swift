import JSON

/// A JSON value as plain data, to compare what was written with what is read.
///
/// Texts are kept as UTF-8, since
/// `String.==` is too lenient here.
indirect enum Model: Equatable {
    case object([Member])
    case array([Model])
    case string([UInt8])
    case integer(Int64)
    case boolean(Bool)
    case null

    struct Member: Equatable {
        let name: [UInt8]
        let value: Model
    }

    /// What a document holds; nil when it holds a number that is no integer.
    init?(_ value: JSONValue) {
        switch value.kind {
        case .object:
            var members: [Member] = []
            for (name, value) in value.members {
                guard let name = name.utf8, let value = Model(value) else { return nil }
                members.append(Member(name: name, value: value))
            }
            self = .object(members)
        case .array:
            var elements: [Model] = []
            for element in value.elements {
                guard let element = Model(element) else { return nil }
                elements.append(element)
            }
            self = .array(elements)
        case .string: self = .string(value.utf8 ?? [])
        case .number:
            guard let integer = value.integer else { return nil }
            self = .integer(integer)
        case .boolean: self = .boolean(value.boolean == true)
        case .null: self = .null
        }
    }

    func write(to writer: inout JSONWriter) {
        switch self {
        case .object(let members):
            writer.beginObject()
            for member in members {
                writer.name(String(utf8: member.name))
                member.value.write(to: &writer)
            }
            writer.endObject()
        case .array(let elements):
            writer.beginArray()
            for element in elements { element.write(to: &writer) }
            writer.endArray()
        case .string(let text): writer.string(String(utf8: text))
        case .integer(let value): writer.integer(value)
        case .boolean(let value): writer.boolean(value)
        case .null: writer.null()
        }
    }
}
