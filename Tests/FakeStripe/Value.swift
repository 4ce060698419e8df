/// A JSON value to be written; the product's writer is not used, so that a mistake in it cannot hide.
indirect enum Value: Sendable {
    case string(String)
    case number(Int)
    case boolean(Bool)
    case null
    case array([Value])
    case object([(String, Value)])
    /// JSON already.
    case raw(String)

    var text: String {
        switch self {
        case .string(let text): Value.quoted(text)
        case .number(let number): "\(number)"
        case .boolean(let boolean): boolean ? "true" : "false"
        case .null: "null"
        case .array(let elements): "[" + elements.map(\.text).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { Value.quoted($0.0) + ":" + $0.1.text }.joined(separator: ",") + "}"
        case .raw(let text): text
        }
    }

    static func optional(_ text: String?) -> Value {
        text.map { .string($0) } ?? .null
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
