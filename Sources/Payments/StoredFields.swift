import JSON

/// The members of a stored document, read strictly: what does not fit is damage, or a newer version's.
struct StoredFields {
    private let object: JSONValue
    private let subject: StaticString

    init(_ object: JSONValue, of subject: StaticString) {
        self.object = object
        self.subject = subject
    }

    subscript(name: StaticString) -> JSONValue? { object[name] }

    func fault(_ name: StaticString) -> DocumentError {
        DocumentError("The stored \(subject) has an unusable member \"\(name)\".")
    }

    func string(_ name: StaticString) throws(DocumentError) -> String {
        guard let text = object[name]?.string else { throw fault(name) }
        return text
    }

    func optionalString(_ name: StaticString) throws(DocumentError) -> String? {
        object[name] == nil ? nil : try string(name)
    }

    func integer(_ name: StaticString) throws(DocumentError) -> Int64 {
        guard let integer = object[name]?.integer else { throw fault(name) }
        return integer
    }

    func optionalInteger(_ name: StaticString) throws(DocumentError) -> Int64? {
        object[name] == nil ? nil : try integer(name)
    }

    func unsigned(_ name: StaticString) throws(DocumentError) -> UInt32 {
        guard let number = UInt32(exactly: try integer(name)) else { throw fault(name) }
        return number
    }

    func optionalUnsigned(_ name: StaticString) throws(DocumentError) -> UInt32? {
        object[name] == nil ? nil : try unsigned(name)
    }

    func environment(_ name: StaticString) throws(DocumentError) -> PaymentEnvironment {
        guard let environment = PaymentEnvironment(rawValue: try string(name)) else { throw fault(name) }
        return environment
    }

    func array(_ name: StaticString) throws(DocumentError) -> JSONElements {
        guard let value = object[name], value.kind == .array else { throw fault(name) }
        return value.elements
    }
}
