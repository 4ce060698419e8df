import Payments

/// A route's path as OpenAPI writes it, such as `/purchase/{player_id}`: literal segments and parameters.
package struct PathPattern: Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    private let segments: [Segment]
    package let description: String

    private enum Segment: Sendable {
        case literal(String)
        case parameter
    }

    package init(_ text: String) {
        description = text
        segments = text.split(separator: "/").map { $0.hasPrefix("{") && $0.hasSuffix("}") ? .parameter : .literal(String($0)) }
    }

    package init(stringLiteral text: String) {
        self.init(text)
    }

    package var parameterCount: Int {
        segments.count { if case .parameter = $0 { true } else { false } }
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
