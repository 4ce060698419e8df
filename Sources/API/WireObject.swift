package import JSON
package import Payments

/// An object of a request body, read leniently as protobuf's JSON mapping allows (contract section 1.2): names in
/// lowerCamelCase or snake_case, `null` as absent, integers as numbers or strings, integral floats. Unknown members
/// are ignored. Every refusal names the field.
package struct WireObject {
    private let object: JSONValue
    private let place: FieldPlace
    /// Most senders write lowerCamelCase alone, and half the look-ups need not be made then.
    private let hasSnakeCase: Bool

    package init(_ object: JSONValue, at place: FieldPlace = .root) {
        self.object = object
        self.place = place
        hasSnakeCase = object.mayHaveName(with: UInt8(ascii: "_"))
    }

    /// The member of either name; nil when absent or `null`.
    ///
    /// - Throws: `unreadable` when both names are present: two values for one field are no value.
    package func value(_ name: WireName) throws(PaymentError) -> JSONValue? {
        let camel = object[name.camel]
        if hasSnakeCase, let snake = name.snake, let other = object[snake] {
            guard camel == nil else { throw misread(name, "is given twice, in two spellings") }
            return other.isNull ? nil : other
        }
        guard let camel, !camel.isNull else { return nil }
        return camel
    }

    /// A value that was read and cannot be accepted.
    package func fault(_ name: WireName, _ message: String) -> PaymentError {
        .invalid(place.path(to: name.camel), message)
    }

    /// A value that is not of the field's type.
    private func misread(_ name: WireName, _ message: String) -> PaymentError {
        .unreadable(place.path(to: name.camel), message)
    }

    // MARK: Text

    /// An id somebody else made: 1 to 255 bytes without control characters.
    package func id<Owner>(_ name: WireName) throws(PaymentError) -> ID<Owner> {
        guard let id: ID<Owner> = try optionalID(name) else { throw fault(name, "is required") }
        return id
    }

    /// nil when absent or empty, which protobuf's JSON mapping does not tell apart.
    package func optionalID<Owner>(_ name: WireName) throws(PaymentError) -> ID<Owner>? {
        guard let text = try optionalText(name) else { return nil }
        if let problem = IDText.problem(with: text) { throw fault(name, problem) }
        return ID(text)
    }

    /// Text of at most 255 bytes; nil when absent or empty.
    package func optionalText(_ name: WireName) throws(PaymentError) -> String? {
        guard let value = try value(name) else { return nil }
        guard let text = value.string else { throw misread(name, "must be a string") }
        guard text.utf8.count <= IDText.maximumBytes else {
            throw fault(name, "must not be longer than \(IDText.maximumBytes) bytes")
        }
        guard !value.containsNUL else { throw fault(name, "must not hold the character U+0000") }
        return text.isEmpty ? nil : text
    }

    /// An enum's value, as text, whether its name or its number was sent. Values we do not know are kept, never
    /// refused: Stash adds new ones without notice.
    package func optionalEnum(_ name: WireName) throws(PaymentError) -> String? {
        guard let value = try value(name) else { return nil }
        if let number = value.integralNumber { return number == 0 ? nil : String(number) }
        guard value.kind == .string else { throw misread(name, "must be the name or the number of an enum value") }
        return try optionalText(name)
    }

    package func optionalBoolean(_ name: WireName) throws(PaymentError) -> Bool? {
        guard let value = try value(name) else { return nil }
        guard let boolean = value.boolean else { throw misread(name, "must be true or false") }
        return boolean
    }

    // MARK: Numbers

    /// An unsigned 32-bit number; 0 when absent, since protobuf's JSON mapping omits zeros.
    package func uint32(_ name: WireName) throws(PaymentError) -> UInt32 {
        try optionalUInt32(name) ?? 0
    }

    package func optionalUInt32(_ name: WireName) throws(PaymentError) -> UInt32? {
        guard let integer = try optionalInt64(name) else { return nil }
        guard let number = UInt32(exactly: integer) else { throw misread(name, "must be from 0 to 4294967295") }
        return number
    }

    /// As `uint32`, and not 0.
    package func positiveUInt32(_ name: WireName) throws(PaymentError) -> UInt32 {
        let number = try uint32(name)
        guard number > 0 else { throw fault(name, "must be greater than 0") }
        return number
    }

    package func optionalInt64(_ name: WireName) throws(PaymentError) -> Int64? {
        guard let value = try value(name) else { return nil }
        if let number = value.integralNumber { return number }
        if value.kind == .string, let text = value.string, let number = WireObject.decimal(text) { return number }
        throw misread(name, "must be an integer")
    }

    /// Decimal digits with an optional minus sign, and nothing else: `Int64("+1")` would be too kind.
    private static func decimal(_ text: String) -> Int64? {
        let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(text)
    }

    // MARK: Lists

    package static let maximumElements = 100

    /// What `decode` makes of each object of a list; empty when absent.
    package func list<Element>(
        _ name: WireName, _ decode: (WireObject) throws(PaymentError) -> Element
    ) throws(PaymentError) -> [Element] {
        guard let value = try value(name) else { return [] }
        guard value.kind == .array else { throw misread(name, "must be an array") }
        guard value.count <= WireObject.maximumElements else {
            throw fault(name, "must not hold more than \(WireObject.maximumElements) elements")
        }
        var list: [Element] = []
        list.reserveCapacity(value.count)
        for element in value.elements {
            let place = FieldPlace.element(list: name.camel, index: list.count)
            guard element.kind == .object else { throw .unreadable(place.description, "must be an object") }
            list.append(try decode(WireObject(element, at: place)))
        }
        return list
    }
}

/// A field's two spellings in protobuf's JSON mapping; one where they are the same. The second always has an underscore.
package struct WireName: Sendable, ExpressibleByStringLiteral {
    let camel: StaticString
    let snake: StaticString?

    package init(_ camel: StaticString, _ snake: StaticString) {
        self.camel = camel
        self.snake = snake
    }

    package init(stringLiteral name: StaticString) {
        camel = name
        snake = nil
    }
}

/// Where in the body an object stands; made into text only when something is wrong with it.
package enum FieldPlace: Sendable, CustomStringConvertible {
    case root
    case element(list: StaticString, index: Int)

    func path(to name: StaticString) -> String {
        switch self {
        case .root: "\(name)"
        case .element: "\(self).\(name)"
        }
    }

    package var description: String {
        switch self {
        case .root: "body"
        case .element(let list, let index): "\(list)[\(index)]"
        }
    }
}

/// What the text of an id must be like, wherever it comes from.
package enum IDText {
    package static let maximumBytes = 255

    /// What is wrong with it; nil when nothing is.
    package static func problem(with text: String) -> String? {
        let bytes = text.utf8.span
        if bytes.isEmpty { return "must not be empty" }
        if bytes.count > maximumBytes { return "must not be longer than \(maximumBytes) bytes" }
        for index in bytes.indices where bytes[index] < 0x20 || bytes[index] == 0x7F {
            return "must not hold control characters"
        }
        return nil
    }
}
