import Payments
import Testing

@testable import tollgate

@Suite struct `The doctor, of the state` {
    private static let now: Int64 = 1_795_262_400_000

    private func findings(_ documents: [any Document]) throws -> [String: Finding] {
        var figures = StateFigures()
        for (index, document) in documents.enumerated() {
            try figures.add(
                kind: type(of: document).kind.name, id: document.id, json: document.encoded,
                sequence: UInt64(index + 1), now: Self.now)
        }
        let found = StateFindings(folder: "/state", nowMilliseconds: Self.now).findings(about: figures)
        return Dictionary(found.map { ($0.subject, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private func purchase(confirmed: Int64) throws -> Purchase {
        let text = #"""
            {"v":1,"environment":"TEST","shop":"s","transaction":"a","player":"p","items":[],"key":"k","scheme":"v1",\#
            "state":"confirmed","currency":"USD","total":1,"confirmed":\#(confirmed)}
            """#
        return try Purchase.decode(Array(text.utf8))
    }

    @Test(arguments: [(0, false), (60_000, false), (60_001, true), (3_600_000, true)] as [(Int64, Bool)])
    func `says that the clock went back when a record is of a later time`(ahead: Int64, isSaid: Bool) throws {
        let found = try findings([try purchase(confirmed: Self.now + ahead)])["clock"]
        #expect((found?.verdict == .wrong) == isSaid)
        if isSaid { #expect(found?.advice?.contains("timedatectl") == true) }
    }

    @Test(
        arguments: [
            (nil, 0, .warning), (nil, 9, .warning), (nil, 8, .right), ("line 3 is damaged", 0, .wrong),
        ] as [(String?, Int64, Finding.Verdict)])
    func `judges the last verification`(fault: String?, days: Int64, verdict: Finding.Verdict) throws {
        guard days > 0 || fault != nil else {
            return #expect(try findings([])["verification"]?.verdict == verdict)
        }
        let record = VerificationRecord(at: Self.now - days * 86_400_000, fault: fault, lastSequence: 7)
        #expect(try findings([record])["verification"]?.verdict == verdict)
    }

    @Test func `sends to who settles what nobody knows the end of`() throws {
        let payment = try Payment.make([#""action":"AUTH","state":"unknown""#])
        #expect(try findings([payment])["outcomes"]?.found == "1 unknown, 0 notifications given up")
        #expect(try findings([])["outcomes"] == nil)
    }
}
