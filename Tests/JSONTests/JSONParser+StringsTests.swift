import JSON
import Testing

@Suite struct JSONParserStringsTests {
    @Test(arguments: [
        Refusal(#"""#, .unexpectedEnd, at: 1),
        Refusal(#""abc"#, .unexpectedEnd, at: 4),
        Refusal(#""\"#, .unexpectedEnd, at: 2),
        Refusal(#""\""#, .unexpectedEnd, at: 3),
        Refusal(#""\u00"#, .unexpectedEnd, at: 5),
        Refusal(#""\ud83d"#, .unexpectedEnd, at: 7),
        Refusal(#""\ud83d\"#, .unexpectedEnd, at: 8),
        Refusal(#""\ud83d\ude"#, .unexpectedEnd, at: 11),
        Refusal(#""a\x""#, .invalidEscape, at: 2),
        Refusal(#""a\'""#, .invalidEscape, at: 2),
        Refusal(#""a\U0041""#, .invalidEscape, at: 2),
        Refusal(#""ab\u00g0""#, .invalidEscape, at: 3),
        Refusal(#""\u{41}""#, .invalidEscape, at: 1),
        Refusal(#""\u+041""#, .invalidEscape, at: 1),
        Refusal(#""\ud83d\u00zz""#, .invalidEscape, at: 7),
        Refusal(#""\ud83d""#, .loneSurrogate, at: 1),
        Refusal(#""x\udE00""#, .loneSurrogate, at: 2),
        Refusal(#""\ud83dx""#, .loneSurrogate, at: 1),
        Refusal(#""\ud83d\n""#, .loneSurrogate, at: 1),
        Refusal(#""\ud83d\ud83d""#, .loneSurrogate, at: 1),
        Refusal(#""\ud83d\u0041""#, .loneSurrogate, at: 1),
        Refusal(#""\ud83d\ude00\ude00""#, .loneSurrogate, at: 13),
        Refusal("\"a\tb\"", .controlCharacter, at: 2),
        Refusal("\"a\nb\"", .controlCharacter, at: 2),
        Refusal("\"12345678\0\"", .controlCharacter, at: 9),
        Refusal("\"12345678901234567\u{1F}\"", .controlCharacter, at: 18),
    ])
    func `a string that is not JSON is refused where its fault begins`(_ refusal: Refusal) {
        #expect(fault(in: refusal.text) == refusal.error)
    }

    @Test(arguments: [
        "7F", "C2 80", "DF BF", "E0 A0 80", "EC BF BF", "ED 80 80", "ED 9F BF", "EE 80 80", "EF BB BF", "EF BF BF",
        "F0 90 80 80", "F1 80 80 80", "F3 BF BF BF", "F4 80 80 80", "F4 8F BF BF", "E2 80 A8", "CC 88",
    ])
    func `the edges of UTF-8 are accepted`(_ hex: String) throws {
        let character = Array(hex: hex)
        let string = try JSONDocument(parsing: Array("\"".utf8) + character + Array("\"".utf8)).root
        #expect(string.utf8 == character)
    }

    @Test(arguments: [
        "80", "BF", "C0 80", "C1 BF", "C2", "C2 41", "E0 80 80", "E0 9F BF", "E1 80", "E1 80 41", "ED A0 80",
        "ED BF BF",
        "F0 80 80 80", "F0 8F BF BF", "F1 80 80", "F1 80 80 41", "F4 90 80 80", "F5 80 80 80", "F8 88 80 80 80", "FE",
        "FF",
    ])
    func `what lies beyond the edges of UTF-8 is refused at its first byte`(_ hex: String) {
        for prefix in ["", "12345678", "é"] {
            let text = Array(("\"" + prefix).utf8) + Array(hex: hex) + Array("\"".utf8)
            #expect(fault(in: text) == JSONError(.invalidUTF8, at: 1 + prefix.utf8.count))
        }
    }

    @Test func `the reader and the standard library agree on what is UTF-8`() {
        let edges: [UInt8] = [0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xE0, 0xF0, 0xFF]
        let continuations: [UInt8] = [0x7F, 0x80, 0xBF, 0xC0]
        var disagreements: [[UInt8]] = []
        for lead in UInt8(0x80)...0xFF {
            for second in edges {
                for third in continuations {
                    for fourth in continuations {
                        let character = [lead, second, third, fourth]
                        let isAccepted = fault(in: [0x22] + character + [0x22]) == nil
                        let isValid = String(validating: character, as: UTF8.self) != nil
                        if isAccepted != isValid { disagreements.append(character) }
                    }
                }
            }
        }
        #expect(disagreements.isEmpty)
    }
}
