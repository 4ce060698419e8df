import JSON
import Testing

@Suite struct JSONValueTests {
    @Test(arguments: [
        ("{}", JSONValue.Kind.object), ("[]", .array), (#""""#, .string), ("-1", .number), ("true", .boolean),
        ("false", .boolean), ("null", .null),
    ])
    func `a value knows its kind`(text: String, kind: JSONValue.Kind) throws {
        #expect(try JSONValue.make(text).kind == kind)
    }

    @Test(arguments: ["{}", "[]", #""a""#, "1", "true", "null"])
    func `a question about another kind is answered with nothing`(_ text: String) throws {
        let value = try JSONValue.make(text)
        #expect((value.string != nil) == (value.kind == .string))
        #expect((value.utf8 != nil) == (value.kind == .string))
        #expect(value.equals("a") == (value.kind == .string))
        #expect((value.integer != nil) == (value.kind == .number))
        #expect((value.integralNumber != nil) == (value.kind == .number))
        #expect((value.boolean != nil) == (value.kind == .boolean))
        #expect(value.isNull == (value.kind == .null))
        #expect(value.count == 0)
        #expect(Array(value.elements).isEmpty)
        #expect(Array(value.members).isEmpty)
        #expect(value["a"] == nil)
    }

    @Test func `a value is found again in its document, exactly as received`() throws {
        let text = #" { "a" : [ 1 , "\u0041" , { } ] , "b" : 1.50 } "#
        let document = try JSONDocument.make(text)
        #expect(document.bytes == Array(text.utf8))
        let array = try #require(document.root["a"])
        #expect(String(utf8: array.bytes) == #"[ 1 , "\u0041" , { } ]"#)
        #expect(array.elements.map { String(utf8: $0.bytes) } == ["1", #""\u0041""#, "{ }"])
        #expect(array.elements.map(\.offset) == [11, 15, 26])
        #expect(document.root.members.map { String(utf8: $0.name.bytes) } == [#""a""#, #""b""#])
        #expect(document.root.offset == 1)
        #expect(String(utf8: try #require(document.root["b"]).bytes) == "1.50")
    }

    @Test func `elements and members come in document order and can be counted`() throws {
        let root = try JSONValue.make(#"{"z":[[],[1,[2]],{"q":3}],"a":{"y":4,"b":5},"m":6}"#)
        #expect(root.count == 3)
        #expect(root.members.map(\.name.string) == ["z", "a", "m"])
        #expect(root.members.map(\.value.count) == [3, 2, 0])
        #expect(root["z"]?.elements.map(\.count) == [0, 2, 1])
        #expect(root["a"]?.members.map(\.value.integer) == [4, 5])
    }

    @Test func `true and false are told apart`() throws {
        #expect(try JSONValue.make("[true,false]").elements.map(\.boolean) == [true, false])
    }
}
