/// One validating pass over a text, which leaves its values in `nodes`.
///
/// It does not recurse: the container around an open container is kept in that container's node. The text is handed to
/// every step and not stored, because a `Span` cannot outlive the bytes it looks at.
struct JSONParser {
    private(set) var nodes: [JSONNode] = []
    /// The offset of the next byte to read.
    var position = 0
    let limits: JSONLimits
    /// The index of the innermost open container, `outside` when there is none.
    private var container = Self.outside
    private var depth = 0
    private var valueCount = 0

    private static let outside = UInt32.max

    init(limits: JSONLimits) {
        self.limits = limits
    }

    /// Reads the whole text as one value.
    mutating func parse(_ text: Span<UInt8>) throws(JSONError) {
        let longest = min(limits.bytes, Int(UInt32.max) - 1)
        guard text.count <= longest else { throw JSONError(.tooLarge, at: longest) }
        // A request has a value or name for every ten bytes or so: mostly one allocation.
        nodes.reserveCapacity(min(text.count / 8 + 4, 1024))
        try refuseByteOrderMark(text)
        repeat {
            while try opensContainer(text) {}
        } while try anotherValueFollows(text)
    }

    /// Reads a value: false after a whole one, true inside a container and before its first value.
    private mutating func opensContainer(_ text: Span<UInt8>) throws(JSONError) -> Bool {
        try skipSpace(text)
        guard valueCount < limits.nodes else { throw fault(.tooManyValues, text) }
        valueCount += 1
        switch byte(text) {
        case ASCII.quote:
            try scanString(text)
        case ASCII.openBrace:
            return try open(.object, closing: ASCII.closeBrace, text)
        case ASCII.openBracket:
            return try open(.array, closing: ASCII.closeBracket, text)
        case ASCII.minus, ASCII.zero...ASCII.nine:
            try scanNumber(text)
        case UInt8(ascii: "t"):
            try scanLiteral("true", .boolean, text)
        case UInt8(ascii: "f"):
            try scanLiteral("false", .boolean, text)
        case UInt8(ascii: "n"):
            try scanLiteral("null", .null, text)
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"):
            throw fault(.invalidLiteral, text)
        default:
            throw fault(.expectedValue, text)
        }
        return false
    }

    /// Reads what stands between a whole value and the next: commas, names, closing brackets; false at the end of the
    /// text.
    private mutating func anotherValueFollows(_ text: Span<UInt8>) throws(JSONError) -> Bool {
        while container != Self.outside {
            try skipSpace(text)
            let isObject = nodes[Int(container)].kind == .object
            let closing = isObject ? ASCII.closeBrace : ASCII.closeBracket
            let byte = byte(text)
            if byte == ASCII.comma {
                position += 1
                if limits.allowsTrailingCommas {
                    try skipSpace(text)
                    if self.byte(text) == closing { continue }
                }
                nodes[Int(container)].detail += 1
                if isObject { try scanName(text) }
                return true
            }
            guard byte == closing else {
                throw fault(isObject ? .expectedCommaOrBrace : .expectedCommaOrBracket, text)
            }
            try close(text)
        }
        try skipSpace(text)
        guard position == text.count else { throw fault(.trailingContent, text) }
        return false
    }

    private mutating func open(
        _ kind: JSONValue.Kind, closing: UInt8, _ text: Span<UInt8>
    ) throws(JSONError) -> Bool {
        guard depth < limits.depth else { throw fault(.tooDeep, text) }
        depth += 1
        let index = UInt32(nodes.count)
        append(kind, from: position, to: position, next: container)
        container = index
        position += 1
        try skipSpace(text)
        guard byte(text) != closing else {
            try close(text)
            return false
        }
        nodes[Int(index)].detail = 1
        if kind == .object { try scanName(text) }
        return true
    }

    private mutating func close(_ text: Span<UInt8>) throws(JSONError) {
        position += 1
        let index = Int(container)
        container = nodes[index].next
        depth -= 1
        nodes[index].end = UInt32(position)
        nodes[index].next = UInt32(nodes.count)
        if nodes[index].kind == .object { try refuseDuplicateNames(at: index, text) }
    }

    /// Reads a member's name and its colon.
    private mutating func scanName(_ text: Span<UInt8>) throws(JSONError) {
        try skipSpace(text)
        guard byte(text) == ASCII.quote else { throw fault(.expectedName, text) }
        try scanString(text, isName: true)
        try skipSpace(text)
        guard byte(text) == ASCII.colon else { throw fault(.expectedColon, text) }
        position += 1
    }

    /// Notes a value that ends at once, or a container that `close` will complete.
    @inline(__always) mutating func append(
        _ kind: JSONValue.Kind, from start: Int, to end: Int, flags: JSONNode.Flags = [], detail: UInt32 = 0,
        next: UInt32? = nil
    ) {
        // Neither an offset nor an index exceeds the text's length, which `parse` has bounded.
        let next = next ?? UInt32(nodes.count + 1)
        nodes.append(
            JSONNode(start: UInt32(start), end: UInt32(end), next: next, detail: detail, kind: kind, flags: flags))
    }

    /// The next byte, 0 at the end: no rule outside of strings accepts a NUL, so both end in `fault`.
    @inline(__always) func byte(_ text: Span<UInt8>) -> UInt8 {
        position < text.count ? text[position] : 0
    }

    /// The error for the next byte, or for its absence.
    func fault(_ reason: JSONError.Reason, _ text: Span<UInt8>) -> JSONError {
        position < text.count ? JSONError(reason, at: position) : JSONError(.unexpectedEnd, at: text.count)
    }
}
