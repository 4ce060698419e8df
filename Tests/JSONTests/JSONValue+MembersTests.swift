import JSON
import Testing

@Suite struct JSONValueMembersTests {
    @Test(arguments: [
        #"{"id":1,"longer name":2}"#, #"{ "longer name" : 2 , "id" : 1 }"#,
        #"{"x":{"id":9},"longer name":2,"id":1,"i":3}"#,
        #"{"\u0069d":1,"longer\u0020name":2}"#,
    ])
    func `a member is found by its decoded name`(_ text: String) throws {
        let object = try JSONValue.make(text)
        #expect(object["id"]?.integer == 1)
        #expect(object["longer name"]?.integer == 2)
        #expect(object.member(named: "id")?.integer == 1)
        #expect(object.member(named: String("longer name"))?.integer == 2)
        #expect(object.member(named: Array("longer name".utf8))?.integer == 2)
        #expect(object.member(named: "longer name".utf8)?.integer == 2)
        #expect(object["I"] == nil)
        #expect(object["idx"] == nil)
        #expect(object["longer namE"] == nil)
        #expect(object[""] == nil)
    }

    @Test func `names are compared by bytes, not by what they look like`() throws {
        let object = try JSONValue.make("{\"\u{E9}\":1,\"e\u{301}\":2}")
        #expect(object["\u{E9}"]?.integer == 1)
        #expect(object["e\u{301}"]?.integer == 2)
        #expect(object.member(named: "e\u{301}")?.integer == 2)
    }

    @Test func `a character is looked for in the names alone`() throws {
        #expect(try JSONValue.make(#"{"a":1,"b_c":2}"#).mayHaveName(with: UInt8(ascii: "_")))
        #expect(try !JSONValue.make(#"{"a":"_","b":{"_":1}}"#).mayHaveName(with: UInt8(ascii: "_")))
        #expect(try !JSONValue.make("[]").mayHaveName(with: UInt8(ascii: "_")))
        // An escaped name may hold anything: it is not for this question to decode it.
        #expect(try JSONValue.make(#"{"a\u005fb":1}"#).mayHaveName(with: UInt8(ascii: "_")))
    }
}
