import FastCGI
import JSON
import Payments

/// An object of a merchant's body, read as leniently as the original does (contracts: authorization, section 1.4):
/// `null` as absent, numbers and booleans as text where a text belongs, digits in quotes as a number. Unknown members
/// are ignored. Fractions and doubled names are refused, unlike there.
struct MerchantBody {
    private let object: JSONValue

    /// - Throws: 2004 when the body is no JSON object.
    init(_ request: Request) throws(MerchantRefusal) {
        guard let document = try? JSONDocument(parsing: request.body), document.root.kind == .object else {
            throw .unreadable  // The answer has no room for what is wrong and where.
        }
        object = document.root
    }

    private init(_ object: JSONValue) {
        self.object = object
    }

    private func value(_ name: StaticString) -> JSONValue? {
        guard let value = object[name], !value.isNull else { return nil }
        return value
    }

    /// - Throws: 2004 for an object, an array, or U+0000 within.
    func text(_ name: StaticString) throws(MerchantRefusal) -> String? {
        guard let value = value(name) else { return nil }
        switch value.kind {
        case .string:
            guard let text = value.string, !value.containsNUL else { throw .unreadable }
            return text
        case .number, .boolean: return String(decoding: value.bytes, as: UTF8.self)
        case .object, .array, .null: throw .unreadable
        }
    }

    /// A whole number; an empty text is absent.
    ///
    /// - Throws: 2004 for anything else, a fraction included, and for what does not fit 32 bits.
    func integer(_ name: StaticString) throws(MerchantRefusal) -> Int64? {
        guard let value = value(name) else { return nil }
        let number: Int64?
        switch value.kind {
        case .number: number = value.integer
        case .string:
            let text = value.string ?? ""
            if text.isEmpty { return nil }
            number = MerchantBody.decimal(text)
        case .object, .array, .boolean, .null: throw .unreadable
        }
        guard let number, Int32(exactly: number) != nil else { throw .unreadable }
        return number
    }

    /// - Throws: 2004 for anything but an object.
    func body(_ name: StaticString) throws(MerchantRefusal) -> MerchantBody? {
        guard let value = value(name) else { return nil }
        guard value.kind == .object else { throw .unreadable }
        return MerchantBody(value)
    }

    /// Decimal digits with an optional minus sign, and nothing else: `Int64("+1")` would be too kind.
    private static func decimal(_ text: String) -> Int64? {
        let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(text)
    }
}

/// Collects what is wrong with a body's fields: all of it is answered at once.
struct FieldFaults {
    private(set) var list: [String] = []

    mutating func add(_ path: String, _ message: String) {
        list.append("\(path): \(message)")
    }

    /// The value, or a fault when it is absent.
    mutating func require<Value>(_ value: Value?, _ path: String) -> Value? {
        if value == nil { add(path, "must not be null") }
        return value
    }

    /// Adds a fault for a text of another length, in UTF-16 code units as the original counts.
    mutating func check(_ text: String?, _ path: String, length: ClosedRange<Int> = FieldFaults.shortText) {
        guard let text, !length.contains(text.utf16.count) else { return }
        add(path, "size must be between \(length.lowerBound) and \(length.upperBound)")
    }

    /// What a free text may have.
    static let shortText = 0...255
}
