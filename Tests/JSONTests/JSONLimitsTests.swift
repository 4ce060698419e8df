import JSON
import Testing

@Suite struct JSONLimitsTests {
    @Test(arguments: ["[", #"{"":"#], [1, 2, 32, 200])
    func `as many levels as the limit are accepted and one more is refused at its bracket`(open: String, depth: Int) {
        let limits = JSONLimits(depth: depth)
        #expect(fault(in: nested(open, depth), limits: limits) == nil)
        let error = JSONError(.tooDeep, at: depth * open.utf8.count)
        #expect(fault(in: nested(open, depth + 1), limits: limits) == error)
        #expect(fault(in: String(repeating: open, count: 100_000), limits: limits) == error)
    }

    @Test func `the depth counts open containers, not all of them`() {
        #expect(fault(in: "[[],[],[[]],{}]", limits: JSONLimits(depth: 3)) == nil)
        #expect(fault(in: "[]", limits: JSONLimits(depth: 0)) == JSONError(.tooDeep, at: 0))
        #expect(fault(in: "1", limits: JSONLimits(depth: 0)) == nil)
    }

    @Test func `as many values as the limit are accepted and one more is refused where it begins`() {
        #expect(fault(in: "[1,2,3]", limits: JSONLimits(nodes: 4)) == nil)
        #expect(fault(in: "[1,2, 3]", limits: JSONLimits(nodes: 3)) == JSONError(.tooManyValues, at: 6))
        #expect(fault(in: #"{"a":1,"b":2}"#, limits: JSONLimits(nodes: 3)) == nil)
        #expect(fault(in: #"{"a":1,"b":2}"#, limits: JSONLimits(nodes: 2)) == JSONError(.tooManyValues, at: 11))
    }

    @Test func `as many bytes as the limit are accepted and one more is refused`() {
        #expect(fault(in: "[12] ", limits: JSONLimits(bytes: 5)) == nil)
        #expect(fault(in: "[12]  ", limits: JSONLimits(bytes: 5)) == JSONError(.tooLarge, at: 5))
    }

    @Test(arguments: [
        ("// c\n[1,2]", "[1,2]"), ("[1,2]//", "[1,2]"), ("[1/*,3*/,2]", "[1,2]"),
        ("/**/[/***/1,/*/*/2/* * / **/]", "[1,2]"), ("[1,2,]", "[1,2]"), ("[1,2 , // last\n ]", "[1,2]"),
        (#"{"a":1,}"#, #"{"a":1}"#),
        (#"{/*x*/"a"/*x*/:/*x*/1/*x*/,/*x*/}/*x*/"#, #"{"a":1}"#), (#"["//", "/*", "*/"]"#, #"["//","/*","*/"]"#),
    ])
    func `a configuration file may hold comments and trailing commas`(text: String, meaning: String) throws {
        var writer = JSONWriter()
        writer.value(try JSONValue.make(text, limits: .configuration))
        #expect(String(utf8: writer.bytes) == meaning)
    }

    @Test(arguments: [
        Refusal("[,]", .expectedValue, at: 1),
        Refusal("[1,,]", .expectedValue, at: 3),
        Refusal("{,}", .expectedName, at: 1),
        Refusal("1,", .trailingContent, at: 1),
        Refusal(#"{"a":1,"a":2}"#, .duplicateName, at: 7),
        Refusal("[1 /* a", .unterminatedComment, at: 3),
        Refusal("[1 /*/]", .unterminatedComment, at: 3),
        Refusal("[1 /x]", .expectedValue, at: 3),
        Refusal("1 /", .expectedValue, at: 2),
        Refusal("# c\n1", .expectedValue, at: 0),
        Refusal("//", .unexpectedEnd, at: 2),
    ])
    func `a configuration file is otherwise read as strictly`(_ refusal: Refusal) {
        #expect(fault(in: refusal.text, limits: .configuration) == refusal.error)
    }

    private func nested(_ open: String, _ depth: Int) -> String {
        let close = open == "[" ? "]" : "}"
        let inner = open == "[" ? "" : "1"
        return String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)
    }
}
