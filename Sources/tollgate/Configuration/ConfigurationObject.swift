import JSON

/// An object of the configuration file, read strictly: an unknown key is an error, for it is a misspelt known one.
struct ConfigurationObject {
    private let source: ConfigurationSource
    private let value: JSONValue
    /// The keys from the top to here, for messages: `stash.shops[0]`.
    private let path: String

    /// - Throws: when `value` is no object or holds a key that is not among `keys`.
    init(
        _ value: JSONValue, path: String, in source: ConfigurationSource, keys: [StaticString]
    ) throws(ConfigurationError) {
        self.source = source
        self.value = value
        self.path = path
        guard value.kind == .object else {
            throw source.error(at: value, path.isEmpty ? "must be an object" : "\"\(path)\" must be an object")
        }
        for (name, _) in value.members where !keys.contains(where: name.equals) {
            let known = keys.map { "\"\($0)\"" }.joined(separator: ", ")
            let place = path.isEmpty ? "" : " in \"\(path)\""
            throw source.error(at: name, "unknown key \"\(name.string ?? "")\"\(place); known are \(known)")
        }
    }

    func object(_ key: StaticString, keys: [StaticString]) throws(ConfigurationError) -> ConfigurationObject? {
        guard let member = value[key] else { return nil }
        return try ConfigurationObject(member, path: name(key), in: source, keys: keys)
    }

    func objects(_ key: StaticString, keys: [StaticString]) throws(ConfigurationError) -> [ConfigurationObject] {
        guard let member = value[key] else { return [] }
        guard member.kind == .array else { throw source.error(at: member, "\"\(name(key))\" must be an array") }
        var objects: [ConfigurationObject] = []
        for element in member.elements {
            let path = "\(name(key))[\(objects.count)]"
            objects.append(try ConfigurationObject(element, path: path, in: source, keys: keys))
        }
        return objects
    }

    func string(_ key: StaticString) throws(ConfigurationError) -> String? {
        guard let member = value[key] else { return nil }
        guard let text = member.string, !text.isEmpty, !member.containsNUL else {
            throw source.error(at: member, "\"\(name(key))\" must be a string and not empty")
        }
        return text
    }

    func requiredString(_ key: StaticString) throws(ConfigurationError) -> String {
        guard let text = try string(key) else { throw fault("\"\(name(key))\" is missing") }
        return text
    }

    func boolean(_ key: StaticString) throws(ConfigurationError) -> Bool? {
        guard let member = value[key] else { return nil }
        guard let boolean = member.boolean else {
            throw source.error(at: member, "\"\(name(key))\" must be true or false")
        }
        return boolean
    }

    func integer(_ key: StaticString, in range: ClosedRange<Int64>) throws(ConfigurationError) -> Int64? {
        guard let member = value[key] else { return nil }
        guard let integer = member.integer, range.contains(integer) else {
            throw source.error(
                at: member, "\"\(name(key))\" must be an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return integer
    }

    /// One of an enum's raw values.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: StaticString, of type: Choice.Type
    ) throws(ConfigurationError) -> Choice? {
        guard let text = try string(key) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            throw fault(at: key, "\"\(name(key))\" must be one of \(known)")
        }
        return choice
    }

    func fault(_ message: String) -> ConfigurationError {
        source.error(at: value, message)
    }

    /// A fault in the value of `key`.
    func fault(at key: StaticString, _ message: String) -> ConfigurationError {
        source.error(at: value[key] ?? value, message)
    }

    func path(_ key: StaticString) throws(ConfigurationError) -> String? {
        try string(key).map(source.resolve)
    }

    private func name(_ key: StaticString) -> String {
        path.isEmpty ? "\(key)" : "\(path).\(key)"
    }
}
