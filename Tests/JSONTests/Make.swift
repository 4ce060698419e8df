import JSON
import Testing

extension JSONDocument {
    static func make(_ text: String = "null", limits: JSONLimits = JSONLimits()) throws(JSONError) -> JSONDocument {
        try JSONDocument(parsing: Array(text.utf8), limits: limits)
    }
}

extension JSONValue {
    /// The root of a document with this text.
    static func make(_ text: String = "null", limits: JSONLimits = JSONLimits()) throws(JSONError) -> JSONValue {
        try JSONDocument.make(text, limits: limits).root
    }
}

/// Why the reader refuses the text; nil when it accepts it.
func fault(in bytes: [UInt8], limits: JSONLimits = JSONLimits()) -> JSONError? {
    do throws(JSONError) {
        _ = try JSONDocument(parsing: bytes, limits: limits)
        return nil
    } catch {
        return error
    }
}

func fault(in text: String, limits: JSONLimits = JSONLimits()) -> JSONError? {
    fault(in: Array(text.utf8), limits: limits)
}

extension String {
    init(utf8 bytes: some Collection<UInt8>) {
        self.init(decoding: bytes, as: UTF8.self)
    }
}

extension Array where Element == UInt8 {
    /// The bytes written as pairs of hexadecimal digits, spaces between them allowed.
    init(hex: String) {
        let digits = hex.compactMap(\.hexDigitValue)
        self = stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
