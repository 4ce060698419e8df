extension Model {
    /// The value as text, not by our writer: any character escaped at random, whitespace strewn in when wanted.
    ///
    /// The same seed gives the same escapes with and without whitespace.
    func rendered(seed: UInt64, spaced: Bool) -> [UInt8] {
        var escapes = SplitMix64(seed: seed)
        var spaces = spaced ? SplitMix64(seed: seed + 1) : nil
        var text: [UInt8] = []
        render(to: &text, escapes: &escapes, spaces: &spaces)
        return text
    }

    private func render(to text: inout [UInt8], escapes: inout SplitMix64, spaces: inout SplitMix64?) {
        space(&text, &spaces)
        switch self {
        case .object(let members):
            text.append(UInt8(ascii: "{"))
            space(&text, &spaces)
            for (index, member) in members.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                Model.string(member.name).render(to: &text, escapes: &escapes, spaces: &spaces)
                text.append(UInt8(ascii: ":"))
                member.value.render(to: &text, escapes: &escapes, spaces: &spaces)
            }
            text.append(UInt8(ascii: "}"))
        case .array(let elements):
            text.append(UInt8(ascii: "["))
            space(&text, &spaces)
            for (index, element) in elements.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                element.render(to: &text, escapes: &escapes, spaces: &spaces)
            }
            text.append(UInt8(ascii: "]"))
        case .string(let utf8): text.append(contentsOf: Model.quoted(utf8, &escapes).utf8)
        case .integer(let value): text.append(contentsOf: "\(value)".utf8)
        case .boolean(let value): text.append(contentsOf: "\(value)".utf8)
        case .null: text.append(contentsOf: "null".utf8)
        }
        space(&text, &spaces)
    }

    private func space(_ text: inout [UInt8], _ spaces: inout SplitMix64?) {
        guard var generator = spaces else { return }
        for _ in 0..<Int.random(in: 0...2, using: &generator) {
            text.append([0x20, 0x09, 0x0A, 0x0D].randomElement(using: &generator) ?? 0x20)
        }
        spaces = generator
    }

    private static func quoted(_ utf8: [UInt8], _ escapes: inout SplitMix64) -> String {
        var text = "\""
        for scalar in String(utf8: utf8).unicodeScalars {
            let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
            guard mustEscape || Int.random(in: 0..<4, using: &escapes) == 0 else {
                text.unicodeScalars.append(scalar)
                continue
            }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16, uppercase: Bool.random(using: &escapes))
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return text + "\""
    }
}
