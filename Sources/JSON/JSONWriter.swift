/// Writes one JSON value as compact text; commas and colons are its own business.
///
/// What it writes is valid, as long as `raw` is given valid text: a call that has no place where the text stands (a
/// value without a name in an object, a second root, an end without its beginning) is a mistake of the program and
/// traps.
package struct JSONWriter: Sendable {
    package private(set) var bytes: [UInt8]
    private var place = Place.first
    /// How many objects and arrays are open, at most 64.
    private var depth = 0
    /// The lowest bit is 1 when the innermost open container is an object, the next bit tells of the one around it, and
    /// so on.
    private var objects: UInt64 = 0

    /// What the next name or value follows in its container.
    private enum Place {
        case first, afterName, afterValue
    }

    /// What stands around a name: a comma, two quotes, a colon.
    private static let nameFrame = 4
    /// The digits of 2^64 and a sign.
    private static let integerLength = 21

    package init() {
        bytes = []
    }

    package init(reserving capacity: Int) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    package mutating func beginObject() { begin(ASCII.openBrace, isObject: true) }

    package mutating func endObject() { end(ASCII.closeBrace, isObject: true) }

    package mutating func beginArray() { begin(ASCII.openBracket, isObject: false) }

    package mutating func endArray() { end(ASCII.closeBracket, isObject: false) }

    package mutating func name(_ name: StaticString) {
        let comma = takePlaceOfName()
        bytes.append(addingCapacity: name.utf8CodeUnitCount + JSONWriter.nameFrame) { output in
            output.append(name: name, comma: comma)
        }
    }

    package mutating func name(_ name: String) {
        appendComma(ifDue: takePlaceOfName())
        appendQuoted(name.utf8.span)
        bytes.append(ASCII.colon)
    }

    /// Writes a name that already is a valid JSON string, quotes included.
    mutating func name(raw text: ArraySlice<UInt8>) {
        appendComma(ifDue: takePlaceOfName())
        bytes.append(contentsOf: text)
        bytes.append(ASCII.colon)
    }

    package mutating func string(_ text: StaticString) {
        appendComma(ifDue: takePlaceOfValue())
        text.withUTF8Buffer { unsafe appendQuoted($0.span) }
    }

    package mutating func string(_ text: String) {
        appendComma(ifDue: takePlaceOfValue())
        appendQuoted(text.utf8.span)
    }

    package mutating func integer(_ value: Int64) {
        appendComma(ifDue: takePlaceOfValue())
        bytes.append(addingCapacity: JSONWriter.integerLength) { $0.append(integer: value) }
    }

    package mutating func unsigned(_ value: UInt64) {
        appendComma(ifDue: takePlaceOfValue())
        bytes.append(addingCapacity: JSONWriter.integerLength) { $0.append(digitsOf: value) }
    }

    package mutating func boolean(_ value: Bool) { literal(value ? "true" : "false") }

    package mutating func null() { literal("null") }

    /// Writes a text that already is one valid JSON value, unchanged.
    package mutating func raw(_ text: some Collection<UInt8>) {
        appendComma(ifDue: takePlaceOfValue())
        bytes.append(contentsOf: text)
    }

    // MARK: Members, most of what a document is made of: room is made once for the name and its value

    package mutating func member(_ name: StaticString, _ value: String) {
        let comma = takePlaceOfMember()
        let text = value.utf8.span
        let room = name.utf8CodeUnitCount + JSONWriter.nameFrame + text.count + 2
        var plainCount = 0
        bytes.append(addingCapacity: room) { output in
            output.append(name: name, comma: comma)
            plainCount = output.append(openingOf: text)
        }
        if plainCount < text.count { finishString(text, from: plainCount) }
    }

    package mutating func member(_ name: StaticString, _ value: Int64) {
        let comma = takePlaceOfMember()
        let room = name.utf8CodeUnitCount + JSONWriter.nameFrame + JSONWriter.integerLength
        bytes.append(addingCapacity: room) { output in
            output.append(name: name, comma: comma)
            output.append(integer: value)
        }
    }

    // MARK: Places

    /// Whether a comma must stand before the name that comes now.
    private mutating func takePlaceOfName() -> Bool {
        precondition(isInObject && place != .afterName, "a name belongs in an object, before its value")
        defer { place = .afterName }
        return place == .afterValue
    }

    /// Whether a comma must stand before the value that comes now.
    private mutating func takePlaceOfValue() -> Bool {
        precondition(
            isInObject ? place == .afterName : depth > 0 || place == .first,
            "a member needs a name, a root has no sibling")
        defer { place = .afterValue }
        return place == .afterValue
    }

    /// Whether a comma must stand before the name and value that come now.
    private mutating func takePlaceOfMember() -> Bool {
        let comma = takePlaceOfName()
        place = .afterValue
        return comma
    }

    private var isInObject: Bool { objects & 1 == 1 }

    private mutating func begin(_ bracket: UInt8, isObject: Bool) {
        appendComma(ifDue: takePlaceOfValue())
        precondition(depth < 64, "at most 64 containers may be open")
        depth += 1
        objects = objects << 1 | (isObject ? 1 : 0)
        place = .first
        bytes.append(bracket)
    }

    private mutating func end(_ bracket: UInt8, isObject: Bool) {
        precondition(depth > 0 && isInObject == isObject && place != .afterName, "no such container can end here")
        depth -= 1
        objects >>= 1
        place = .afterValue
        bytes.append(bracket)
    }

    // MARK: Text

    private mutating func literal(_ text: StaticString) {
        appendComma(ifDue: takePlaceOfValue())
        text.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
    }

    private mutating func appendComma(ifDue isDue: Bool) {
        if isDue { bytes.append(ASCII.comma) }
    }

    /// Appends a name or string with its quotes; escapes the quote, the backslash and control characters, nothing else.
    private mutating func appendQuoted(_ text: Span<UInt8>) {
        var plainCount = 0
        bytes.append(addingCapacity: text.count + 2) { plainCount = $0.append(openingOf: text) }
        if plainCount < text.count { finishString(text, from: plainCount) }
    }

    /// Appends what follows the first `start` bytes of a string's text, and the closing quote.
    private mutating func finishString(_ text: Span<UInt8>, from start: Int) {
        for index in start..<text.count {
            let byte = text[index]
            if ASCII.mustBeEscaped(byte) { appendEscape(of: byte) } else { bytes.append(byte) }
        }
        bytes.append(ASCII.quote)
    }

    private mutating func appendEscape(of byte: UInt8) {
        bytes.append(ASCII.backslash)
        switch byte {
        case ASCII.quote, ASCII.backslash: bytes.append(byte)
        case ASCII.backspace: bytes.append(UInt8(ascii: "b"))
        case ASCII.tab: bytes.append(UInt8(ascii: "t"))
        case ASCII.lineFeed: bytes.append(UInt8(ascii: "n"))
        case ASCII.formFeed: bytes.append(UInt8(ascii: "f"))
        case ASCII.carriageReturn: bytes.append(UInt8(ascii: "r"))
        default:
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(ASCII.hexadecimalDigit(byte >> 4))
            bytes.append(ASCII.hexadecimalDigit(byte & 0xF))
        }
    }
}
