import Payments

/// A route's path as OpenAPI writes it, such as `/purchase/{player_id}`: literal segments and parameters.
///
/// A class, although it has no identity: every request looks at several, and a copy would count up two references.
package final class PathPattern: Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    private let segments: [Segment]
    package let description: String

    private enum Segment: Sendable {
        case literal(String)
        case parameter
    }

    package init(_ text: String) {
        description = text
        segments = text.split(separator: "/").map {
            $0.hasPrefix("{") && $0.hasSuffix("}") ? .parameter : .literal(String($0))
        }
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

    /// The parameters' values when `path` (percent-decoded segments) fits; nil when it does not.
    package func match(_ path: [String]) -> [String]? {
        guard path.count == segments.count else { return nil }
        var parameters: [String] = []
        for (segment, text) in zip(segments, path) {
            switch segment {
            case .literal(let literal):
                guard literal.hasSameBytes(as: text) else { return nil }
            case .parameter:
                parameters.append(text)
            }
        }
        return parameters
    }
}
