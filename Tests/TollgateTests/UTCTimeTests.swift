import Testing

@testable import tollgate

@Suite struct UTCTimeTests {
    @Test(
        arguments: [
            ("1970-01-01", 0), ("1970-01-01T00:00:01Z", 1000), ("2000-02-29", 951_782_400_000),
            ("2026-11-21", 1_795_219_200_000), ("2026-11-21T23:59:59Z", 1_795_305_599_000),
            ("2024-12-31", 1_735_603_200_000), ("9999-12-31T23:59:59Z", 253_402_300_799_000),
        ] as [(String, Int64)])
    func `a day or a second in UTC is read, and shown again as it was`(text: String, milliseconds: Int64) {
        #expect(UTCTime.milliseconds(text) == milliseconds)
        #expect(Moment.text(milliseconds).hasPrefix(text.prefix(19)))
    }

    @Test(arguments: [
        "", "2026", "2026-11-21T", "2026-11-21T10:00Z", "2026-11-21 10:00:00Z", "2026-11-21T10:00:00", "2026-02-29",
        "1900-02-29", "2100-02-29", "2026-04-31", "2026-00-10", "2026-13-10", "2026-01-00", "2026-01-32", "1969-12-31",
        "2026-11-21T24:00:00Z", "2026-11-21T10:60:00Z", "2026-11-21T10:00:60Z", "2026-11-21T10:00:00+01:00",
        "+026-11-21", "2026-1-021", "２026-11-2", "1795219200000", "2026-11-21T10:00:00z",
    ])
    func `everything else is refused`(text: String) {
        #expect(UTCTime.milliseconds(text) == nil)
    }
}
