import Testing

@testable import tollgate

@Suite struct `Moments and spans` {
    @Test(
        arguments: [
            ("2026-11-21", 1_795_219_200_000), ("2026-11-21T00:00:01Z", 1_795_219_201_000),
            ("2026-11-21T01:00:00+01:00", 1_795_219_200_000), ("1795219200123", 1_795_219_200_123),
            ("yesterday", nil), ("", nil), ("2026-13-01", nil), ("12", nil), ("2026-11-21T", nil),
            ("2026-02-30", nil), ("2024-02-29", 1_709_164_800_000), ("2025-02-29", nil), ("1970-01-01", 0),
            ("2026-11-21T00:00:00.5Z", 1_795_219_200_500), ("2026-11-20T19:00:00-05:00", 1_795_219_200_000),
            ("2026-11-21T24:00:00Z", nil), ("2026-11-21T00:00:00", nil), ("2026-11-21T00:00:00.Z", nil),
            ("2026-11-21T00:00:00Zx", nil), ("2026-11-21x", nil), ("2000-02-29", 951_782_400_000), ("1900-02-29", nil),
        ] as [(String, Int64?)])
    func `a moment is read as people write it`(text: String, milliseconds: Int64?) {
        #expect(Moment(argument: text)?.milliseconds == milliseconds)
    }

    @Test(
        arguments: [
            (1_795_219_200_000, "2026-11-21T00:00:00.000Z"), (1_795_219_200_007, "2026-11-21T00:00:00.007Z"),
            (0, "1970-01-01T00:00:00.000Z"),
        ] as [(Int64, String)])
    func `a moment is shown in UTC`(milliseconds: Int64, text: String) {
        #expect(Moment.exactText(milliseconds) == text)
    }

    @Test(
        arguments: [
            (0, "0 ms"), (999, "999 ms"), (-142, "142 ms"), (1500, "1.5 s"), (1000, "1 s"), (59_999, "59 s"),
            (60_000, "1 min"), (723_000, "12 min 3 s"), (11_100_000, "3 h 5 min"), (187_200_000, "2 d 4 h"),
            (.min, "106751991167 d 7 h"),
        ] as [(Int64, String)])
    func `a span is shown in its two largest units`(milliseconds: Int64, text: String) {
        #expect(Elapsed.text(milliseconds) == text)
    }
}
