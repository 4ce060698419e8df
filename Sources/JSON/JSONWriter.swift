/// Writes one JSON value as compact text; commas and colons are its own business.
///
/// What it writes is valid, as long as `raw` is given valid text: a call that has no place where the text stands (a
/// value without a name in an object, a second root, an end without its beginning) is a mistake of the program and
/// traps.
package struct JSONWriter: ~Copyable {
    private var text: TextBuffer
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
        text = TextBuffer(capacity: 0)
    }

    package init(reserving capacity: Int) {
        text = TextBuffer(capacity: capacity)
    }

    /// A copy of what was written so far.
    package var bytes: [UInt8] { text.bytes }

    /// What was written so far, without a copy.
    package func withBytes<Result, Failure>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try text.withBytes(body)
    }

    /// Forgets what was written and keeps the memory for the next value.
    package mutating func reset() {
        text.reset()
        place = .first
        depth = 0
        objects = 0
    }

    package mutating func beginObject() { begin(ASCII.openBrace, isObject: true) }

    package mutating func endObject() { end(ASCII.closeBrace, isObject: true) }

    package mutating func beginArray() { begin(ASCII.openBracket, isObject: false) }

    package mutating func endArray() { end(ASCII.closeBracket, isObject: false) }

    package mutating func name(_ name: StaticString) {
        let comma = takePlaceOfName()
        text.makeRoom(name.utf8CodeUnitCount + JSONWriter.nameFrame)
        append(uncheckedName: name, comma: comma)
    }

    package mutating func name(_ name: String) {
        appendComma(ifDue: takePlaceOfName())
        appendQuoted(name.utf8.span)
        text.append(ASCII.colon)
    }

    /// Writes a name that already is a valid JSON string, quotes included.
    mutating func name(raw name: ArraySlice<UInt8>) {
        appendComma(ifDue: takePlaceOfName())
        text.append(name.span)
        text.append(ASCII.colon)
    }

    package mutating func string(_ value: StaticString) {
        appendComma(ifDue: takePlaceOfValue())
        value.withUTF8Buffer { unsafe appendQuoted($0.span) }
    }

    package mutating func string(_ value: String) {
        appendComma(ifDue: takePlaceOfValue())
        appendQuoted(value.utf8.span)
    }

    package mutating func integer(_ value: Int64) {
        appendComma(ifDue: takePlaceOfValue())
        text.makeRoom(JSONWriter.integerLength)
        append(uncheckedInteger: value)
    }

    package mutating func unsigned(_ value: UInt64) {
        appendComma(ifDue: takePlaceOfValue())
        text.makeRoom(JSONWriter.integerLength)
        text.append(uncheckedDigitsOf: value)
    }

    package mutating func boolean(_ value: Bool) { literal(value ? "true" : "false") }

    package mutating func null() { literal("null") }

    /// Writes a text that already is one valid JSON value, unchanged.
    package mutating func raw(_ value: some Collection<UInt8>) {
        appendComma(ifDue: takePlaceOfValue())
        text.append(contentsOf: value)
    }

    // MARK: Members, most of what a document is made of: room is made once for the name and its value

    package mutating func member(_ name: StaticString, _ value: String) {
        member(name, value.utf8.span)
    }

    package mutating func member(_ name: StaticString, _ value: StaticString) {
        value.withUTF8Buffer { member(name, unsafe $0.span) }
    }

    @inline(__always) private mutating func member(_ name: StaticString, _ value: Span<UInt8>) {
        let comma = takePlaceOfMember()
        text.makeRoom(name.utf8CodeUnitCount + JSONWriter.nameFrame + value.count + 2)
        append(uncheckedName: name, comma: comma)
        append(uncheckedString: value)
    }

    package mutating func member(_ name: StaticString, _ value: Int64) {
        let comma = takePlaceOfMember()
        text.makeRoom(name.utf8CodeUnitCount + JSONWriter.nameFrame + JSONWriter.integerLength)
        append(uncheckedName: name, comma: comma)
        append(uncheckedInteger: value)
    }

    // MARK: Places

    /// Whether a comma must stand before the name that comes now.
    private mutating func takePlaceOfName() -> Bool {
        precondition(isInObject && place != .afterName, "a name belongs in an object, before its value")
        defer { place = .afterName }
        return place == .afterValue
    }

    /// Whether a comma must stand before the value that comes now.
    @inline(__always) private mutating func takePlaceOfValue() -> Bool {
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

    @inline(__always) private mutating func begin(_ bracket: UInt8, isObject: Bool) {
        let comma = takePlaceOfValue()
        precondition(depth < 64, "at most 64 containers may be open")
        depth += 1
        objects = objects << 1 | (isObject ? 1 : 0)
        place = .first
        text.makeRoom(2)
        if comma { text.append(unchecked: ASCII.comma) }
        text.append(unchecked: bracket)
    }

    @inline(__always) private mutating func end(_ bracket: UInt8, isObject: Bool) {
        precondition(depth > 0 && isInObject == isObject && place != .afterName, "no such container can end here")
        depth -= 1
        objects >>= 1
        place = .afterValue
        text.append(bracket)
    }

    // MARK: Text

    private mutating func literal(_ value: StaticString) {
        appendComma(ifDue: takePlaceOfValue())
        text.makeRoom(value.utf8CodeUnitCount)
        text.append(unchecked: value)
    }

    private mutating func appendComma(ifDue isDue: Bool) {
        if isDue { text.append(ASCII.comma) }
    }

    /// Appends `,"name":`, with or without the comma.
    @inline(__always) private mutating func append(uncheckedName name: StaticString, comma: Bool) {
        // The program's own names; looking through them each time would cost more than writing them.
        assert(
            name.withUTF8Buffer { unsafe $0.span.indexOfSpecialByte(from: 0) } == name.utf8CodeUnitCount,
            "such a name would need escapes")
        name.withUTF8Buffer { text.append(uncheckedName: unsafe $0.span, comma: comma) }
    }

    @inline(__always) private mutating func append(uncheckedInteger value: Int64) {
        if value < 0 { text.append(unchecked: ASCII.minus) }
        text.append(uncheckedDigitsOf: value.magnitude)
    }

    /// Appends a name or string with its quotes; escapes the quote, the backslash and control characters, nothing else.
    private mutating func appendQuoted(_ value: Span<UInt8>) {
        text.makeRoom(value.count + 2)
        append(uncheckedString: value)
    }

    /// As above, where there is room for a string without escapes.
    @inline(__always) private mutating func append(uncheckedString value: Span<UInt8>) {
        text.append(unchecked: ASCII.quote)
        guard text.append(uncheckedPlain: value) else { return finishEscaped(value) }
        text.append(unchecked: ASCII.quote)
    }

    /// Appends a string's text, byte by byte, and the closing quote.
    @inline(never) private mutating func finishEscaped(_ value: Span<UInt8>) {
        for index in value.indices {
            let byte = value[index]
            if ASCII.mustBeEscaped(byte) { appendEscape(of: byte) } else { text.append(byte) }
        }
        text.append(ASCII.quote)
    }

    private mutating func appendEscape(of byte: UInt8) {
        text.append(ASCII.backslash)
        switch byte {
        case ASCII.quote, ASCII.backslash: text.append(byte)
        case ASCII.backspace: text.append(UInt8(ascii: "b"))
        case ASCII.tab: text.append(UInt8(ascii: "t"))
        case ASCII.lineFeed: text.append(UInt8(ascii: "n"))
        case ASCII.formFeed: text.append(UInt8(ascii: "f"))
        case ASCII.carriageReturn: text.append(UInt8(ascii: "r"))
        default:
            text.append(contentsOf: "u00".utf8)
            text.append(ASCII.hexadecimalDigit(byte >> 4))
            text.append(ASCII.hexadecimalDigit(byte & 0xF))
        }
    }
}
