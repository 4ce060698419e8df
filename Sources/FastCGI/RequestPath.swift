/// Reads the path of a request target: split first, decode afterwards, and once.
///
/// nginx chooses its location by a path it decodes, merges and resolves itself, while we see the raw one. Whatever
/// the two could read differently is refused: empty segments and `.` or `..`, written out or encoded.
enum RequestPath {
    /// - Throws: `badRequest` saying what is wrong with the path.
    static func segments(_ path: ArraySlice<UInt8>) throws(Refusal) -> [String] {
        try split(path, segment)
    }

    /// What can be read of a path that is refused. A segment that cannot stands as U+FFFD, which fits a route's parameter
    /// and no route's text.
    ///
    /// - Throws: `badRequest` when it does not begin with a slash.
    static func readableSegments(_ path: ArraySlice<UInt8>) throws(Refusal) -> [String] {
        // What is wrong with a segment is being told already.
        try split(path) { raw in (try? segment(raw)) ?? "\u{FFFD}" }
    }

    private static func split(
        _ path: ArraySlice<UInt8>, _ segment: (ArraySlice<UInt8>) throws(Refusal) -> String
    ) throws(Refusal) -> [String] {
        guard path.first == UInt8(ascii: "/") else { throw .badRequest("The path does not begin with a slash.") }
        var segments: [String] = []
        var start = path.startIndex + 1
        guard start < path.endIndex else { return segments }
        segments.reserveCapacity(6)
        while true {
            let end = path[start...].firstIndex(of: UInt8(ascii: "/")) ?? path.endIndex
            segments.append(try segment(path[start..<end]))
            guard end < path.endIndex else { return segments }
            start = end + 1
        }
    }

    private static func segment(_ raw: ArraySlice<UInt8>) throws(Refusal) -> String {
        guard !raw.isEmpty else { throw .badRequest("The path has an empty segment.") }
        guard raw.contains(UInt8(ascii: "%")) else { return try checked(raw) }
        guard let decoded = PercentEncoding.decode(raw) else {
            throw .badRequest("The path has a malformed percent-encoding.")
        }
        return try checked(decoded[...])
    }

    private static func checked(_ segment: ArraySlice<UInt8>) throws(Refusal) -> String {
        var isASCII = true
        var hasDot = false
        for byte in segment {
            // Control characters go with NUL: no id has them, and they would reach logs and file names.
            guard byte >= 0x20 && byte != 0x7F else { throw .badRequest("The path has a control character.") }
            if byte >= 0x80 { isASCII = false }
            if byte == UInt8(ascii: ".") { hasDot = true }
        }
        guard !hasDot || !hasDotSegment(segment) else { throw .badRequest("The path has a dot segment.") }
        // What is ASCII needs no second look, which costs more than the first.
        if isASCII { return String(copying: unsafe UTF8Span(unchecked: segment.span, isKnownASCII: true)) }
        guard let text = String(validating: segment, as: UTF8.self) else {
            throw .badRequest("The path is not valid UTF-8.")
        }
        return text
    }

    /// Whether the segment, or what its decoded slashes make of it for others, is `.` or `..`.
    private static func hasDotSegment(_ segment: ArraySlice<UInt8>) -> Bool {
        segment.split(separator: UInt8(ascii: "/")).contains { part in
            part.count <= 2 && part.allSatisfy { $0 == UInt8(ascii: ".") }
        }
    }
}
