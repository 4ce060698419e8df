import Payments
import Testing

@Suite struct TextFormTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (1_753_993_257_123, "2025-07-31T20:20:57.123Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (1_709_164_800_000, "2024-02-29T00:00:00.000Z"),
    ])
    func `a moment is written in UTC`(milliseconds: Int64, text: String) {
        #expect(Timestamp.text(milliseconds) == text)
        #expect(Timestamp.day(milliseconds) == String(text.prefix(10)))
    }

    @Test func `every byte comes back from its two digits`() {
        let bytes = [UInt8](0...255)
        let text = Hexadecimal.text(bytes)
        #expect(text.hasPrefix("000102"))
        #expect(text.hasSuffix("fdfeff"))
        #expect(Hexadecimal.bytes(text) == bytes)
    }

    @Test(arguments: ["0", "0g", "AB", "é0"])
    func `what is not pairs of lower-case digits is no bytes`(text: String) {
        #expect(Hexadecimal.bytes(text) == nil)
    }

    @Test func `random text has its length and its alphabet, also from a poor source`() {
        let counter = Randomness { count in (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37) } }
        #expect(counter.text(count: 20).utf8.count == 20)
        let texts = (0..<50).map { _ in Injected.randomness().text(count: 20) }
        #expect(Set(texts).count == 50)
        #expect(texts.allSatisfy { $0.utf8.allSatisfy { (48...122).contains($0) && ![58, 64, 91, 96].contains($0) } })
    }

    @Test(arguments: [
        (0, "EUR", false), (1, "EUR", true), (2_147_483_647, "eur", true), (2_147_483_648, "EUR", false),
        (-1, "EUR", false), (1, "EU", false), (1, "EURO", false), (1, "123", true), (Int64.min, "EUR", false),
    ])
    func `money is positive, fits 32 bits and names a currency`(amount: Int64, currency: String, isMoney: Bool) {
        #expect((Money(minorUnits: amount, currency: currency) != nil) == isMoney)
    }
}
