import JSON

/// One object of the events' file; its faults name their place.
struct EventFields {
    private let object: JSONValue
    private let path: String

    init(_ object: JSONValue, at path: String, members: [StaticString]) throws(EventDirectoryError) {
        try EventFields.check(object, at: path, members: members)
        self.object = object
        self.path = path
    }

    static func check(
        _ value: JSONValue, at path: String, members known: [StaticString]
    ) throws(EventDirectoryError) {
        let place = path.isEmpty ? "the file" : "\"\(path)\""
        guard value.kind == .object else {
            throw EventDirectoryError(message: "\(place) must be an object", offset: value.offset)
        }
        for (name, _) in value.members where !known.contains(where: name.equals) {
            let list = known.map { "\"\($0)\"" }.joined(separator: ", ")
            throw EventDirectoryError(
                message: "unknown member \"\(name.string ?? "")\" in \(place); known are \(list)", offset: name.offset)
        }
    }

    /// The elements of an array that must be there, each with its path.
    static func list(
        _ name: StaticString, of object: JSONValue, at path: String
    ) throws(EventDirectoryError) -> [(path: String, element: JSONValue)] {
        let path = path.isEmpty ? "\(name)" : "\(path).\(name)"
        guard let array = object[name], array.kind == .array else {
            throw EventDirectoryError(
                message: "\"\(path)\" must be an array", offset: object[name]?.offset ?? object.offset)
        }
        return array.elements.enumerated().map { ("\(path)[\($0.offset)]", $0.element) }
    }

    func fault(_ name: StaticString, _ message: String) -> EventDirectoryError {
        EventDirectoryError(
            message: "\"\(path).\(name)\" \(message)", offset: object[name]?.offset ?? object.offset)
    }

    func number(_ name: StaticString) throws(EventDirectoryError) -> Int64 {
        guard let number = object[name]?.integer, number > 0 else {
            throw fault(name, "must be a number greater than 0")
        }
        return number
    }

    func text(_ name: StaticString) throws(EventDirectoryError) -> String {
        guard let value = object[name], let text = value.string, !text.isEmpty, !value.containsNUL else {
            throw fault(name, "must be a text and not empty")
        }
        return text
    }

    /// False when it is left out.
    func boolean(_ name: StaticString) throws(EventDirectoryError) -> Bool {
        guard let value = object[name] else { return false }
        guard let boolean = value.boolean else { throw fault(name, "must be true or false") }
        return boolean
    }

    /// Nobody when it is left out.
    func users(_ name: StaticString) throws(EventDirectoryError) -> Set<UserID> {
        guard object[name] != nil else { return [] }
        var users: Set<UserID> = []
        for (place, element) in try EventFields.list(name, of: object, at: path) {
            guard let number = element.integer, number > 0 else {
                throw EventDirectoryError(
                    message: "\"\(place)\" must be a number greater than 0", offset: element.offset)
            }
            users.insert(UserID(number))
        }
        return users
    }
}
