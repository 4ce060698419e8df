import JSON
import Testing

@Suite struct JSONTextTests {
    @Test(arguments: [
        ("", ""), ("{}", "{}"), (" \t\r\n", ""), (" { } ", "{}"), ("{\"a\" : 1,\n\t\"b\":\r2}", #"{"a":1,"b":2}"#),
        (#"{ "a b" : " c \" d " , "e":"\\" }"#, #"{"a b":" c \" d ","e":"\\"}"#),
        (#"[ "\\\" x" , 1 ]"#, #"["\\\" x",1]"#), ("[ \"\t \n\" ]", "[\"\t \n\"]"), ("[ \"é 😀 \" ]", "[\"é 😀 \"]"),
        (#"[ 1, "unterminated and "#, #"[1,"unterminated and "#), (#" "a\"#, #""a\"#), (#" "a\\"#, #""a\\"#),
        ("tr ue // c d", "true//cd"), ("\u{A0} 1\u{B}\u{C}", "\u{A0}1\u{B}\u{C}"), ("1 2", "12"),
    ])
    func `compacting drops whitespace outside of strings and nothing else`(text: String, compact: String) {
        let compacted = JSONText.compacted(Array(text.utf8))
        #expect(compacted == Array(compact.utf8))
        #expect(JSONText.compacted(compacted) == compacted)
    }

    @Test func `compacting leaves invalid UTF-8 as it is`() {
        #expect(JSONText.compacted(Array(hex: "20 FF 20 22 FF 20 22 20")) == Array(hex: "FF 22 FF 20 22"))
    }

    @Test(arguments: [
        ("1", "1"), (" [ ] ", "[]"), ("{ }", "{}"), ("[1, 2]", "[\n  1,\n  2\n]"),
        (
            #"{"a":{"b":[1,{}]},"c":"\u0041"}"#,
            "{\n  \"a\": {\n    \"b\": [\n      1,\n      {}\n    ]\n  },\n  \"c\": \"\\u0041\"\n}"
        ),
    ])
    func `a pretty text has one member or element a line`(text: String, pretty: String) throws {
        let bytes = JSONText.pretty(try JSONValue.make(text))
        #expect(String(utf8: bytes) == pretty)
        #expect(JSONText.compacted(bytes) == JSONText.compacted(Array(text.utf8)))
    }
}
