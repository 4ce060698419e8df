import Payments

/// Text that is safe to send as HTML: whatever is put into it as text is escaped, only HTML is not.
struct HTML: ExpressibleByStringInterpolation, Sendable {
    private(set) var text: String

    /// Escapes text for content and for attributes in double quotes. What would steer a reader's view of it (control
    /// characters, changes of direction) becomes U+FFFD.
    init(escaping text: String) {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(HTML.isHarmless(scalar) ? scalar : "\u{FFFD}")
            }
        }
        self.text = escaped
    }

    init(stringLiteral literal: String) {
        text = literal
    }

    init(stringInterpolation interpolation: Interpolation) {
        text = interpolation.text
    }

    struct Interpolation: StringInterpolationProtocol {
        var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 32)
        }

        mutating func appendLiteral(_ literal: String) { text += literal }

        mutating func appendInterpolation(_ value: String) { text += HTML(escaping: value).text }

        mutating func appendInterpolation(_ value: EventID) { text += value.description }

        mutating func appendInterpolation(_ html: HTML) { text += html.text }
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
        default: true
        }
    }
}
