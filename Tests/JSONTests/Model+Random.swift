extension Model {
    /// A value of at most so many levels, with the characters and numbers that readers get wrong.
    static func random(levels: Int = 5, using generator: inout SplitMix64) -> Model {
        switch Int.random(in: levels > 0 ? 0...9 : 4...9, using: &generator) {
        case 0, 1:
            var names: Set<[UInt8]> = []
            for _ in 0..<Int.random(in: 0...40, using: &generator) where Bool.random(using: &generator) {
                names.insert(randomText(using: &generator))
            }
            // Sorted, since a set's order changes from run to run.
            let sorted = names.sorted { $0.lexicographicallyPrecedes($1) }.shuffled(using: &generator)
            return .object(sorted.map { Member(name: $0, value: random(levels: levels - 2, using: &generator)) })
        case 2, 3:
            let count = Int.random(in: 0...8, using: &generator)
            return .array((0..<count).map { _ in random(levels: levels - 1, using: &generator) })
        case 4, 5, 6: return .string(randomText(using: &generator))
        case 7: return .integer(randomInteger(using: &generator))
        case 8: return .boolean(Bool.random(using: &generator))
        default: return .null
        }
    }

    private static func randomText(using generator: inout SplitMix64) -> [UInt8] {
        let alphabet: [Unicode.Scalar] = [
            "a", "b", "\"", "\\", "/", " ", "\n", "\t", "\0", "\u{1F}", "\u{7F}", "\u{80}", "é", "\u{301}", "€",
            "\u{2028}",
            "\u{D7FF}", "\u{E000}", "\u{FFFF}", "😀", "\u{10FFFF}", "{", "]", ":", ",",
        ]
        var text = ""
        for _ in 0..<Int.random(in: 0...20, using: &generator) {
            text.unicodeScalars.append(alphabet.randomElement(using: &generator) ?? "a")
        }
        return Array(text.utf8)
    }

    private static func randomInteger(using generator: inout SplitMix64) -> Int64 {
        let bits = Int.random(in: 0...63, using: &generator)
        return Int64(bitPattern: generator.next()) >> Int64(bits)
    }
}
