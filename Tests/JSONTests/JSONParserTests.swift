import JSON
import Testing

/// A text that is refused, and exactly where.
struct Refusal: Sendable, CustomTestStringConvertible {
    let text: String
    let error: JSONError

    init(_ text: String, _ reason: JSONError.Reason, at offset: Int) {
        self.text = text
        self.error = JSONError(reason, at: offset)
    }

    var testDescription: String { "\(text.debugDescription) \(error.reason)" }
}

@Suite struct JSONParserTests {
    @Test(arguments: [
        "null", "true", "false", "0", "-0", "1.5", "1e5", "1E+5", "-1.25e-5", "\"\"", "{}", "[]", " [ ] ", "\t{\r\n}\n",
        #"{"":[{},{"":[]}]}"#, "[[],[[]]]",
    ])
    func `a text of RFC 8259 is accepted`(_ text: String) {
        #expect(fault(in: text) == nil)
    }

    @Test(arguments: [
        Refusal("", .unexpectedEnd, at: 0),
        Refusal(" \n", .unexpectedEnd, at: 2),
        Refusal("[", .unexpectedEnd, at: 1),
        Refusal("[1", .unexpectedEnd, at: 2),
        Refusal("[1,", .unexpectedEnd, at: 3),
        Refusal("{", .unexpectedEnd, at: 1),
        Refusal(#"{"a""#, .unexpectedEnd, at: 4),
        Refusal(#"{"a":"#, .unexpectedEnd, at: 5),
        Refusal(#"{"a":1"#, .unexpectedEnd, at: 6),
        Refusal(#"{"a":1,"#, .unexpectedEnd, at: 7),
        Refusal("]", .expectedValue, at: 0),
        Refusal("[,1]", .expectedValue, at: 1),
        Refusal("[1,,2]", .expectedValue, at: 3),
        Refusal("[1,]", .expectedValue, at: 3),
        Refusal("'a'", .expectedValue, at: 0),
        Refusal("+1", .expectedValue, at: 0),
        Refusal(".5", .expectedValue, at: 0),
        Refusal("//c\n1", .expectedValue, at: 0),
        Refusal("1/**/", .trailingContent, at: 1),
        Refusal("[\0]", .expectedValue, at: 1),
        Refusal("{1:2}", .expectedName, at: 1),
        Refusal("{a:2}", .expectedName, at: 1),
        Refusal(#"{"a":1,}"#, .expectedName, at: 7),
        Refusal(#"{"a" 1}"#, .expectedColon, at: 5),
        Refusal(#"{"a","b"}"#, .expectedColon, at: 4),
        Refusal(#"{"a":1 "b":2}"#, .expectedCommaOrBrace, at: 7),
        Refusal(#"{"a":1]"#, .expectedCommaOrBrace, at: 6),
        Refusal("[1 2]", .expectedCommaOrBracket, at: 3),
        Refusal("[1}", .expectedCommaOrBracket, at: 2),
        Refusal("1 2", .trailingContent, at: 2),
        Refusal("{}}", .trailingContent, at: 2),
        Refusal("1\0", .trailingContent, at: 1),
        Refusal("\u{FEFF}1", .byteOrderMark, at: 0),
        Refusal("1\u{FEFF}", .trailingContent, at: 1),
    ])
    func `a structure that is not JSON is refused at its first wrong byte`(_ refusal: Refusal) {
        #expect(fault(in: refusal.text) == refusal.error)
    }

    @Test(arguments: [
        Refusal("nul", .invalidLiteral, at: 0),
        Refusal("[nulL]", .invalidLiteral, at: 1),
        Refusal("True", .invalidLiteral, at: 0),
        Refusal("NaN", .invalidLiteral, at: 0),
        Refusal("[Infinity]", .invalidLiteral, at: 1),
        Refusal("truee", .trailingContent, at: 4),
        Refusal("-", .unexpectedEnd, at: 1),
        Refusal("-a", .invalidNumber, at: 1),
        Refusal("-Infinity", .invalidNumber, at: 1),
        Refusal("01", .invalidNumber, at: 1),
        Refusal("-012", .invalidNumber, at: 2),
        Refusal("1.", .unexpectedEnd, at: 2),
        Refusal("[1.]", .invalidNumber, at: 3),
        Refusal("1.e5", .invalidNumber, at: 2),
        Refusal("1e", .unexpectedEnd, at: 2),
        Refusal("[1e]", .invalidNumber, at: 3),
        Refusal("1e+-1", .invalidNumber, at: 3),
        Refusal("1.2.3", .trailingContent, at: 3),
        Refusal("0x10", .trailingContent, at: 1),
        Refusal("1_000", .trailingContent, at: 1),
    ])
    func `a scalar that is not JSON is refused at its first wrong byte`(_ refusal: Refusal) {
        #expect(fault(in: refusal.text) == refusal.error)
    }

    @Test func `every beginning of a valid text ends too early`() {
        let text = Array(#"{"a":[1,-2.5e3,"\ud83d\ude00\n",true,null,{}],"b":"é"}"#.utf8)
        #expect(fault(in: text) == nil)
        for length in 0..<text.count {
            let error = fault(in: Array(text.prefix(length)))
            // A cut through a literal or a character is that literal's or character's fault.
            if let error, error.reason == .invalidLiteral || error.reason == .invalidUTF8 {
                #expect(error.offset < length && length - error.offset < 4)
            } else {
                #expect(error == JSONError(.unexpectedEnd, at: length))
            }
        }
    }
}
