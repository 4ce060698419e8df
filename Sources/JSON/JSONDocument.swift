/// One JSON text that has been read whole and found valid; its values are looked at through `root`.
///
/// Reading is strict RFC 8259 in UTF-8, and stricter where two readers could disagree: no duplicate member names, no
/// lone surrogates, no byte order mark. Strings and numbers are decoded when asked for.
package struct JSONDocument: Sendable {
    private let tape: JSONTape

    /// Reads the text as one value, or throws what is wrong with it and where.
    package init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
        tape = try JSONTape(parsing: bytes, limits: limits)
    }

    /// The text exactly as received.
    package var bytes: [UInt8] { tape.bytes }

    package var root: JSONValue { JSONValue(tape: tape, index: 0) }
}
