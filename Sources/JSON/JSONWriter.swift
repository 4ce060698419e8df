/// Writes one JSON value as compact text; commas and colons are its own business.
///
/// What it writes is valid, as long as `raw` is given valid text: a call that has no place where the text stands (a
/// value without a name in an object, a second root, an end without its beginning) is a mistake of the program and
/// traps.
package struct JSONWriter: Sendable {
    package private(set) var bytes: [UInt8]
    /// How many objects and arrays are open, at most 64.
    private var depth = 0
    /// The lowest bit is 1 when the innermost open container is an object, the next bit tells of the one around it, and
    /// so on.
    private var objects: UInt64 = 0

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
        beginName()
        name.withUTF8Buffer { unsafe appendQuoted($0.span) }
        append(ASCII.colon)
    }

    package mutating func name(_ name: String) {
        beginName()
        appendQuoted(name.utf8.span)
        append(ASCII.colon)
    }

    /// Writes a name that already is a valid JSON string, quotes included.
    mutating func name(raw text: ArraySlice<UInt8>) {
        beginName()
        bytes.append(contentsOf: text)
        append(ASCII.colon)
    }

    package mutating func string(_ text: StaticString) {
        beginValue()
        text.withUTF8Buffer { unsafe appendQuoted($0.span) }
    }

    package mutating func string(_ text: String) {
        beginValue()
        appendQuoted(text.utf8.span)
    }

    package mutating func integer(_ value: Int64) {
        beginValue()
        if value < 0 { bytes.append(ASCII.minus) }
        appendDigits(of: value.magnitude)
    }

    package mutating func unsigned(_ value: UInt64) {
        beginValue()
        appendDigits(of: value)
    }

    package mutating func boolean(_ value: Bool) { literal(value ? "true" : "false") }

    package mutating func null() { literal("null") }

    /// Writes a text that already is one valid JSON value, unchanged.
    package mutating func raw(_ text: some Collection<UInt8>) {
        beginValue()
        bytes.append(contentsOf: text)
    }

    private mutating func literal(_ text: StaticString) {
        beginValue()
        text.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
    }

    private mutating func begin(_ bracket: UInt8, isObject: Bool) {
        beginValue()
        precondition(depth < 64, "at most 64 containers may be open")
        depth += 1
        objects = objects << 1 | (isObject ? 1 : 0)
        bytes.append(bracket)
    }

    private mutating func end(_ bracket: UInt8, isObject: Bool) {
        precondition(depth > 0 && isInObject == isObject && !isAfterName, "no such container can end here")
        depth -= 1
        objects >>= 1
        bytes.append(bracket)
    }

    private mutating func beginName() {
        precondition(isInObject && !isAfterName, "a name belongs in an object, before its value")
        appendComma()
    }

    private mutating func beginValue() {
        guard !isAfterName else { return }
        precondition(depth > 0 ? !isInObject : bytes.isEmpty, "a member needs a name, a root has no sibling")
        appendComma()
    }

    private var isInObject: Bool { objects & 1 == 1 }

    /// Only a name ends in a colon: strings end in a quote.
    private var isAfterName: Bool { bytes.last == ASCII.colon }

    private mutating func appendComma() {
        switch bytes.last {
        case nil, ASCII.openBrace, ASCII.openBracket: return
        default: bytes.append(ASCII.comma)
        }
    }

    mutating func append(_ byte: UInt8) {
        bytes.append(byte)
    }

    mutating func append(_ text: Span<UInt8>) {
        unsafe text.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }
}
