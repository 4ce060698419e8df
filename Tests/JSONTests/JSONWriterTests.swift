import JSON
import Testing

@Suite struct JSONWriterTests {
    @Test func `commas and colons are put by the writer`() {
        let text = make { writer in
            writer.beginObject()
            writer.name("empty object")
            writer.beginObject()
            writer.endObject()
            writer.name(String("array"))
            writer.beginArray()
            writer.beginArray()
            writer.endArray()
            writer.integer(1)
            writer.string("a:")
            writer.raw("[ 1, 2 ]".utf8)
            writer.null()
            writer.endArray()
            writer.member("text", String("x"))
            writer.member("static", "y")
            writer.member("number", -5)
            writer.member("flag", true)
            writer.endObject()
        }
        let values = #""array":[[],1,"a:",[ 1, 2 ],null],"text":"x","static":"y","number":-5,"flag":true"#
        #expect(text == #"{"empty object":{},"# + values + "}")
    }

    @Test(arguments: [0, 1, -1, 9, 10, 99, -100, .max, .min] as [Int64])
    func `an integer is written in full`(_ value: Int64) {
        #expect(make { $0.integer(value) } == "\(value)")
    }

    @Test(arguments: [0, 10, 9_223_372_036_854_775_808, .max] as [UInt64])
    func `an unsigned integer is written in full`(_ value: UInt64) {
        #expect(make { $0.unsigned(value) } == "\(value)")
    }

    @Test func `every number of digits is written`() {
        var power: UInt64 = 1
        while true {
            for value in [power - 1, power, power + power / 100 * 5] {
                #expect(make { $0.unsigned(value) } == "\(value)")
            }
            guard power <= UInt64.max / 100 else { return }
            power *= 10
        }
    }

    @Test func `names of every length are written whole`() {
        let text = make { writer in
            writer.beginObject()
            writer.member("", 1)
            writer.member("a", 1)
            writer.member("ab", 1)
            writer.member("abc", "")
            writer.member("abcd", 1)
            writer.member("abcdefg", "x")
            writer.member("abcdefgh", 1)
            writer.member("abcdefghi", 1)
            writer.member("abcdefghijklmnopq", 1)
            writer.endObject()
        }
        let short = #"{"":1,"a":1,"ab":1,"abc":"","abcd":1,"abcdefg":"x""#
        #expect(text == short + #","abcdefgh":1,"abcdefghi":1,"abcdefghijklmnopq":1}"#)
    }

    @Test(arguments: [
        ("\"", #"\""#), ("\\", #"\\"#), ("\u{1F}", #"\u001f"#), ("\u{0}", #"\u0000"#), ("é", "é"), ("\u{7F}", "\u{7F}"),
        (" ", " "),
    ])
    func `a character is written the same wherever it stands`(_ character: String, _ written: String) {
        for length in 0..<40 {
            for place in 0...length {
                let (before, after) = (
                    String(repeating: "a", count: place), String(repeating: "b", count: length - place)
                )
                #expect(make { $0.string(before + character + after) } == "\"\(before)\(written)\(after)\"")
            }
        }
    }

    @Test func `a writer that begins again forgets what it wrote`() {
        var writer = JSONWriter()
        for length in [10, 100_000, 3] {
            writer.beginArray()
            writer.string(String(repeating: "a", count: length))
            writer.reset()
        }
        writer.beginArray()
        writer.integer(7)
        writer.endArray()
        #expect(writer.bytes == Array("[7]".utf8))
        #expect(writer.withBytes { $0.count } == 3)
    }

    @Test(arguments: [
        ("", #""""#), (#"a"b\c/d"#, #""a\"b\\c/d""#), ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#),
        ("\0\u{1}\u{F}\u{10}\u{1F}\u{7F}", "\"\\u0000\\u0001\\u000f\\u0010\\u001f\u{7F}\""),
        ("é😀\u{2028}\u{FEFF}", "\"é😀\u{2028}\u{FEFF}\""), ("12345678\"1234567é\n", #""12345678\"1234567é\n""#),
    ])
    func `a string is escaped where it must be and nowhere else`(value: String, text: String) {
        #expect(make { $0.string(value) } == text)
        #expect(make { $0.raw([UInt8](text.utf8)) } == text)
        let object = make { writer in
            writer.beginObject()
            writer.name(value)
            writer.null()
            writer.endObject()
        }
        #expect(object == "{\(text):null}")
    }

    @Test func `every ASCII character comes back from a string, as a value and as a name`() throws {
        let characters = String(String.UnicodeScalarView((UInt8(0)...127).map { Unicode.Scalar($0) }))
        let text = make { writer in
            writer.beginObject()
            writer.name(characters)
            writer.string(characters)
            writer.endObject()
        }
        let object = try JSONValue.make(text)
        #expect(object.member(named: characters)?.string == characters)
    }

    @Test func `a value of a document is written without its whitespace, otherwise as received`() throws {
        let text = #" { "\u0061" : [ 1.50 , -0 , "\/ \t" ] , "b" : { } , "c" : [ true , null ] } "#
        let value = try JSONValue.make(text)
        #expect(make { $0.value(value) } == #"{"\u0061":[1.50,-0,"\/ \t"],"b":{},"c":[true,null]}"#)
    }

    @Test func `a value without a name, a second root, a wrong end and a 65th level trap`() async {
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.beginObject()
            writer.null()
        }
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.null()
            writer.null()
        }
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.beginObject()
            writer.endArray()
        }
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.beginObject()
            writer.name("a")
            writer.endObject()
        }
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.beginArray()
            writer.name("a")
        }
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            for _ in 0..<65 { writer.beginArray() }
        }
    }

    @Test func `64 levels can be written, and each is closed as what it is`() {
        let text = make { writer in
            for _ in 0..<32 {
                writer.beginArray()
                writer.beginObject()
                writer.name("")
            }
            writer.null()
            for _ in 0..<32 {
                writer.endObject()
                writer.endArray()
            }
        }
        #expect(fault(in: text, limits: JSONLimits(depth: 64)) == nil)
        #expect(fault(in: text, limits: JSONLimits(depth: 63))?.reason == .tooDeep)
    }

    private func make(_ write: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        write(&writer)
        return String(utf8: writer.bytes)
    }
}
