import JSON
import Testing

@Suite struct ConformanceTests {
    @Test(arguments: ConformanceCase.valid)
    func `a valid text is accepted, unless we deviate`(_ example: ConformanceCase) {
        let refusal = fault(in: example.bytes)
        #expect(refusal?.reason == ConformanceDecision.of(example)?.refusal)
    }

    @Test(arguments: ConformanceCase.invalid)
    func `an invalid text is refused, at one of its bytes or at its end`(_ example: ConformanceCase) throws {
        let refusal = try #require(fault(in: example.bytes))
        #expect((0...example.bytes.count).contains(refusal.offset))
        #expect((refusal.offset == example.bytes.count) == (refusal.reason == .unexpectedEnd))
    }

    @Test(arguments: ConformanceCase.open)
    func `what the suite leaves open is decided as the table says`(_ example: ConformanceCase) throws {
        let decision = try #require(ConformanceDecision.of(example))
        #expect(fault(in: example.bytes)?.reason == decision.refusal)
    }

    @Test(arguments: ConformanceCase.open.filter { $0.name.hasPrefix("i_number") })
    func `a number that fits no integer has none`(_ example: ConformanceCase) throws {
        let number = try #require(JSONDocument(parsing: example.bytes).root.elements.first { _ in true })
        #expect(number.kind == .number)
        #expect(number.integer == nil)
        #expect(number.integralNumber == nil)
    }

    @Test func `the table has the suite's 318 cases, and a decision for these only`() {
        #expect(ConformanceCase.valid.count == 95)
        #expect(ConformanceCase.invalid.count == 188)
        #expect(ConformanceCase.open.count == 35)
        #expect(ConformanceDecision.open.map(\.name) == ConformanceCase.open.map(\.name))
        let valid = Set(ConformanceCase.valid.map(\.name))
        #expect(ConformanceDecision.deviations.allSatisfy { valid.contains($0.name) })
    }
}
