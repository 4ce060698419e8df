import JSON
import Testing

@Suite struct JSONParserNamesTests {
    @Test(arguments: [
        Refusal(#"{"a":1,"a":1}"#, .duplicateName, at: 7),
        Refusal(#"{"a":1,"\u0061":1}"#, .duplicateName, at: 7),
        Refusal(#"{"\u0061":1,"a":1}"#, .duplicateName, at: 12),
        Refusal(#"{"/":1,"\/":1}"#, .duplicateName, at: 7),
        Refusal(#"{"😀":1,"\ud83d\ude00":1}"#, .duplicateName, at: 10),
        Refusal(#"{"":1,"":2}"#, .duplicateName, at: 6),
        Refusal(#"{"transactionId":1,"b":{"x":[]},"transactionId":1}"#, .duplicateName, at: 32),
        Refusal(#"{"x":{"a":1,"b":2,"a":3}}"#, .duplicateName, at: 18),
        Refusal(#"{"a":1,"b":2,"b":3,"a":4}"#, .duplicateName, at: 13),
        Refusal(#"{"\u0061":1,"b":2,"b":3,"a":4}"#, .duplicateName, at: 18),
        Refusal(#"{"a":1,"a":2,"a":3}"#, .duplicateName, at: 7),
    ])
    func `a name that repeats an earlier one is refused where it stands`(_ refusal: Refusal) {
        #expect(fault(in: refusal.text) == refusal.error)
    }

    @Test(arguments: [
        #"{"a":{"a":{"a":1}}}"#, #"[{"a":1},{"a":1}]"#, #"{"a":1,"A":2}"#, #"{"a":1,"a ":2}"#, #"{"a":"a","b":"a"}"#,
        #"{"abcdefgh1ijklmnop":1,"abcdefgh2ijklmnop":2}"#,  // the same fingerprint
        "{\"\u{E9}\":1,\"e\u{301}\":2}",  // canonically equivalent, and different names all the same
        #"{"\u00e9":1,"e\u0301":2}"#,
    ])
    func `names that only look alike are different`(_ text: String) {
        #expect(fault(in: text) == nil)
    }

    /// Sizes on both sides of the change from comparing to sorting.
    @Test(arguments: [2, 3, 8, 31, 32, 33, 34, 100], [0, 7, 20])
    func `a repeated name is found wherever it stands`(count: Int, padding: Int) {
        let names = (0..<count).map { "\($0)" + String(repeating: "x", count: padding) }
        #expect(fault(in: object(names)) == nil)
        for first in [0, (count - 1) / 2, count - 2] {
            for second in [first + 1, count - 1] {
                var repeated = names
                repeated[second] = names[first]
                let before = object(Array(repeated[..<second])).utf8.count
                #expect(fault(in: object(repeated)) == JSONError(.duplicateName, at: before))
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `sixty thousand names of one fingerprint do not take quadratic time`() {
        let names = (0..<60_000).map { "abcdefgh\($0 + 100_000)ijklmnop" }
        #expect(fault(in: object(names)) == nil)
    }

    /// An object with these names.
    private func object(_ names: [String]) -> String {
        "{" + names.map { "\"\($0)\":0" }.joined(separator: ",") + "}"
    }
}
