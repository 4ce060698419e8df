import FastCGI
import Payments

/// Why a merchant's request is refused by its form alone, before anybody looks at who sent it (contracts:
/// authorization, section 1.6). Several fields can be at fault at once.
enum MerchantRefusal: Error, Equatable {
    /// The media type as it was sent; nil where none was.
    case mediaType(String?)
    /// A header's name as the contract spells it.
    case missingHeader(StaticString)
    /// A header's name, the type it must have, and what was sent.
    case headerValue(StaticString, type: StaticString, String)
    /// The body is no JSON object, or a member is of another type than it must be.
    case unreadable
    /// `path: message` for each field that cannot be accepted.
    case invalid([String])
    /// The idempotency key, which the contract names by the operation it stands in.
    case keyLength(operation: StaticString)

    var response: Response {
        switch self {
        case .mediaType(let sent):
            MerchantError.response(415, "2000", "Unsupported media type: '\(sent ?? "null")'")
        case .missingHeader(let name):
            MerchantError.response(
                400, "2002", "Missing request header '\(name)' for method parameter of type String",
                name: "missing_request_header")
        case .headerValue(let name, let type, let value):
            MerchantError.response(
                400, "2006", "argumentName: '\(name)', requiredType: '\(type)' value: '\(value)'",
                name: "argument_type_mismatch")
        case .unreadable:
            MerchantError.response(400, "2004", "non readable message", name: "message_not_readable")
        case .invalid(let faults):
            MerchantError.response(400, "2003", faults.joined(separator: ", "), name: "argument_not_valid")
        case .keyLength(let operation):
            MerchantError.response(
                400, "2001", "\(operation).idempotentKey: size must be between 10 and 40",
                name: "constraint_validation_failed")
        }
    }

    static func == (left: MerchantRefusal, right: MerchantRefusal) -> Bool {
        let (mine, theirs) = (left.response, right.response)
        return mine.status == theirs.status && mine.body == theirs.body
    }
}
