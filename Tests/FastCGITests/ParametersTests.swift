import Glibc
import Testing

@testable import FastCGI

struct ParametersTests {
    /// As libfcgi leaves them: `name=value` strings and a null pointer at the end.
    private static func make(_ texts: [String], limits: Limits = Limits()) throws(Refusal) -> Parameters {
        var environment = unsafe texts.map { unsafe strdup($0) } + [nil]
        defer { unsafe environment.forEach { unsafe free($0) } }
        return try unsafe Parameters(copying: &environment, limits: limits)
    }

    private static func text(_ bytes: ArraySlice<UInt8>?) -> String? {
        bytes.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `the first of two values is found, an empty one too`() throws {
        let parameters = try Self.make(["A=1", "B=", "AB=2", "A=3", "C=x=y", "D"])
        #expect(Self.text(parameters.value("A")) == "1")
        #expect(Self.text(parameters.value("B")) == "")
        #expect(Self.text(parameters.value("AB")) == "2")
        #expect(Self.text(parameters.value("C")) == "x=y")
        #expect(Self.text(parameters.value(named: "AB")) == "2")
        #expect(parameters.value("D") == nil)
        #expect(parameters.value("") == nil)
    }

    @Test func `a copy does not change with what it was copied from`() throws {
        let copied = try Self.make(["A=1"])
        let built = Parameters([("A", "1")])
        #expect(copied.bytes == built.bytes)
    }

    @Test(arguments: [
        (Limits(parameters: 2), true), (Limits(parameters: 1), false), (Limits(parameterBytes: 10), true),
        (Limits(parameterBytes: 9), false), (Limits(valueBytes: 3), true), (Limits(valueBytes: 2), false),
    ])
    func `what is over a limit is refused`(limits: Limits, isAccepted: Bool) {
        #expect(((try? Self.make(["A=111", "B=222"], limits: limits)) != nil) == isAccepted)
    }
}
