import JSON
import Testing

@Suite struct JSONValueStringTests {
    @Test(arguments: [
        (#""""#, ""), (#""abc""#, "abc"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
        (#""\u0041\u00e9""#, "A\u{E9}"),
        (#""\u20AC\u20ac""#, "€€"), (#""\ud83d\ude00!""#, "😀!"), (#""\uD83D\uDE00""#, "😀"),
        (#""\ud800\udc00""#, "\u{10000}"),
        (#""\udbff\udfff""#, "\u{10FFFF}"), (#""\uFFFF\uFFFD""#, "\u{FFFF}\u{FFFD}"), (#""é\té😀""#, "é\té😀"),
        (#""\\u0041""#, #"\u0041"#), (#""long text \n more of it, and more""#, "long text \n more of it, and more"),
    ])
    func `a string is decoded`(text: String, value: String) throws {
        let string = try JSONValue.make(text)
        #expect(string.string.map { Array($0.utf8) } == Array(value.utf8))
        #expect(string.utf8 == Array(value.utf8))
        #expect(string.equals(value))
        #expect(!string.equals(value + "x"))
    }

    @Test(arguments: [#""paid""#, #""\u0070aid""#, #""pai\u0064""#])
    func `a string is compared by its decoded bytes`(_ text: String) throws {
        let string = try JSONValue.make(text)
        #expect(string.equals("paid"))
        for other: StaticString in ["", "pai", "paid ", "Paid", "paie"] { #expect(!string.equals(other)) }
    }

    @Test func `a composed and a decomposed letter are not equal`() throws {
        let composed = try JSONValue.make("\"\u{E9}\"")
        #expect(composed.equals("\u{E9}"))
        #expect(!composed.equals("e\u{301}"))
        #expect(!composed.equals(String("e\u{301}")))
        #expect(composed.string == "e\u{301}", "String compares by canonical equivalence: why `equals` exists")
    }

    @Test(arguments: [
        (#""a\u0000b""#, true), (#""\u0000""#, true), (#""\u0001\u0000\u0001""#, true), (#""\\u0000""#, false),
        (#""u0000""#, false), (#""\u0001""#, false), (#""\ud800\udc00""#, false), ("0", false),
    ])
    func `a string that holds NUL says so`(text: String, containsNUL: Bool) throws {
        #expect(try JSONValue.make(text).containsNUL == containsNUL)
    }

    @Test func `a member name that holds NUL says so`() throws {
        let object = try JSONValue.make(#"{"a\u0000":1,"b":2}"#)
        #expect(object.members.map(\.name.containsNUL) == [true, false])
    }
}
