import JSON
import Payments

/// A route's path as OpenAPI writes it, such as `/purchase/{player_id}`: literal segments and parameters.
///
/// A class, although it has no identity: every request looks at several, and a copy would count up four references.
package final class PathPattern: Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    private let segments: [Segment]
    package let description: String
    /// The same for `match`, which every request asks of several patterns: the literals' bytes one after another, and
    /// each segment's length, nil for a parameter.
    private let literals: [UInt8]
    private let lengths: [Int?]

    private enum Segment: Sendable {
        case literal(String)
        case parameter
    }

    package init(_ text: String) {
        description = text
        let segments: [Segment] = text.split(separator: "/").map {
            $0.hasPrefix("{") && $0.hasSuffix("}") ? .parameter : .literal(String($0))
        }
        self.segments = segments
        let texts = segments.map { if case .literal(let text) = $0 { Array(text.utf8) } else { nil as [UInt8]? } }
        literals = texts.flatMap { $0 ?? [] }
        lengths = texts.map { $0?.count }
    }

    package convenience init(stringLiteral text: String) {
        self.init(text)
    }

    package func hasSameText(as other: PathPattern) -> Bool {
        description.hasSameBytes(as: other.description)
    }

    package var parameterCount: Int {
        segments.count { if case .parameter = $0 { true } else { false } }
    }

    /// Whether a path begins with the same literal segment, even if it does not fit.
    package func isNeighbour(of path: [String]) -> Bool {
        guard case .literal(let literal)? = segments.first, let first = path.first else { return false }
        return literal.hasSameBytes(as: first)
    }

    /// Whether some request's path fits both.
    package func overlaps(_ other: PathPattern) -> Bool {
        guard segments.count == other.segments.count else { return false }
        return zip(segments, other.segments).allSatisfy { mine, theirs in
            guard case .literal(let mine) = mine, case .literal(let theirs) = theirs else { return true }
            return mine.hasSameBytes(as: theirs)
        }
    }

    /// Whether a request can have such a path at all: the server refuses empty and dot segments, and decodes escapes.
    package var isReachable: Bool {
        guard description == "/" + description.split(separator: "/").joined(separator: "/") else { return false }
        return segments.allSatisfy { segment in
            guard case .literal(let text) = segment else { return true }
            return text != "." && text != ".." && text.utf8.allSatisfy(Self.isPlain)
        }
    }

    /// RFC 3986's unreserved characters.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }

    private func hasLiterals(of path: Span<String>) -> Bool {
        // A span must not outlive an access, and each mention of a class's property is one.
        let bytes = literals
        let literals = bytes.span
        var start = 0
        for index in path.indices {
            guard let length = lengths[index] else { continue }
            guard path[index].utf8.span.hasSameBytes(as: literals.extracting(start..<start + length)) else {
                return false
            }
            start += length
        }
        return true
    }

    /// The parameters' values when `path` (percent-decoded segments) fits; nil when it does not.
    package func match(_ path: [String]) -> [String]? {
        guard path.count == lengths.count, hasLiterals(of: path.span) else { return nil }
        var parameters: [String] = []
        for index in path.indices where lengths[index] == nil { parameters.append(path[index]) }
        return parameters
    }
}
