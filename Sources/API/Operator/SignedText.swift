import JSON

/// The texts a sender may have signed instead of the bytes that arrived: the same JSON, written by another program.
struct SignedText {
    let bytes: [UInt8]
    /// What is different from the bytes received, as a phrase; nil for these bytes themselves.
    let difference: String?
    /// Whether the service accepts a signature over it.
    let isAccepted: Bool

    /// All texts to try, the bytes received first.
    ///
    /// - Parameter isPasted: whether a line end after the body may come from an editor.
    static func candidates(for body: [UInt8], isPasted: Bool) -> [SignedText] {
        var texts: [SignedText] = []
        func add(_ bytes: [UInt8], _ difference: String?, isAccepted: Bool = false) {
            guard !texts.contains(where: { $0.bytes == bytes }) else { return }
            texts.append(SignedText(bytes: bytes, difference: difference, isAccepted: isAccepted))
        }
        add(body, nil, isAccepted: true)
        let trimmed = withoutFinalLineEnd(body)
        if isPasted { add(trimmed, nil, isAccepted: true) }
        add(trimmed, "without the line end after it")
        add(trimmed + [0x0A], "with a line end after it")
        add(trimmed.filter { $0 != 0x0D }, "with line ends of one character")
        let compact = JSONText.compacted(trimmed)
        add(compact, "without the spaces between its parts", isAccepted: true)
        for (bytes, spelling) in spellings(of: compact) {
            for form in JSONForm.allCases {
                add(form.write(bytes), [form.difference, spelling].compactMap(\.self).joined(separator: " and "))
            }
        }
        return texts
    }

    private static func withoutFinalLineEnd(_ body: [UInt8]) -> [UInt8] {
        var body = body[...]
        if body.last == 0x0A { body.removeLast() }
        if body.last == 0x0D { body.removeLast() }
        return Array(body)
    }

    /// The same strings as other programs escape them.
    private static func spellings(of compact: [UInt8]) -> [([UInt8], String?)] {
        var spellings: [([UInt8], String?)] = [(compact, nil)]
        if compact.contains(where: { $0 >= 0x80 }) {
            spellings.append((asciiEscaped(compact), "with letters beyond ASCII written as \\u escapes"))
        }
        let text = String(decoding: compact, as: UTF8.self)
        let plain = text.replacing("\\/", with: "/")
        if plain != text { spellings.append((Array(plain.utf8), "with slashes not escaped")) }
        if plain.contains("/") {
            spellings.append((Array(plain.replacing("/", with: "\\/").utf8), "with slashes written as \\/"))
        }
        return spellings
    }

    private static func asciiEscaped(_ text: [UInt8]) -> [UInt8] {
        var escaped: [UInt8] = []
        for unit in String(decoding: text, as: UTF8.self).utf16 {
            if unit < 0x80 {
                escaped.append(UInt8(unit))
            } else {
                let digits = String(unit, radix: 16)
                escaped += Array("\\u\(String(repeating: "0", count: 4 - digits.utf8.count))\(digits)".utf8)
            }
        }
        return escaped
    }
}

/// How programs lay JSON out.
enum JSONForm: CaseIterable {
    case compact, spaceAfterComma, spaceAfterColon, spaceAfterBoth, indentedByTwo, indentedByFour, indentedByTab

    var difference: String? {
        switch self {
        case .compact: nil
        case .spaceAfterComma: "with a space after each comma"
        case .spaceAfterColon: "with a space after each colon"
        case .spaceAfterBoth: "with a space after each comma and colon, as Python's json.dumps writes it"
        case .indentedByTwo: "indented by two spaces"
        case .indentedByFour: "indented by four spaces"
        case .indentedByTab: "indented by tabs"
        }
    }

    /// Lays out a compact text; purely lexical, so any bytes will do.
    func write(_ compact: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        var depth = 0
        var isInString = false
        var isEscaped = false
        for (index, byte) in compact.enumerated() {
            if isInString {
                text.append(byte)
                isInString = isEscaped || byte != UInt8(ascii: "\"")
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
                continue
            }
            let next = index + 1 < compact.count ? compact[index + 1] : 0
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                text.append(byte)
                depth += 1
                if !Self.closes(next) { appendLineEnd(depth, to: &text) }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth = max(0, depth - 1)
                if index > 0, !Self.opens(compact[index - 1]) { appendLineEnd(depth, to: &text) }
                text.append(byte)
            case UInt8(ascii: ","):
                text.append(byte)
                if self == .spaceAfterComma || self == .spaceAfterBoth { text.append(0x20) }
                appendLineEnd(depth, to: &text)
            case UInt8(ascii: ":"):
                text.append(byte)
                if self != .compact && self != .spaceAfterComma { text.append(0x20) }
            default:
                isInString = byte == UInt8(ascii: "\"")
                text.append(byte)
            }
        }
        return text
    }

    private static func opens(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") }
    private static func closes(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") }

    private func appendLineEnd(_ depth: Int, to text: inout [UInt8]) {
        let indentation: [UInt8]
        switch self {
        case .compact, .spaceAfterComma, .spaceAfterColon, .spaceAfterBoth: return
        case .indentedByTwo: indentation = [0x20, 0x20]
        case .indentedByFour: indentation = [0x20, 0x20, 0x20, 0x20]
        case .indentedByTab: indentation = [0x09]
        }
        text.append(0x0A)
        for _ in 0..<depth { text += indentation }
    }
}
