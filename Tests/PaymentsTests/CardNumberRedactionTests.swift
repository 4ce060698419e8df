import Payments
import Testing

@Suite struct CardNumberRedactionTests {
    @Test func `a thousand generated card numbers are found, however they are written`() {
        var generator = CardNumbers(seed: 20260301)
        for round in 0..<1000 {
            let number = generator.cardNumber(length: 13 + round % 7)
            for written in generator.writings(of: number) {
                let redaction = CardNumberRedaction("paid with \(written), thanks")
                #expect(redaction.text == "paid with [redacted-pan], thanks", "\(written)")
                #expect(redaction.count == 1)
            }
        }
    }

    @Test(arguments: [
        ("4111111111111111", "[redacted-pan]"),
        ("4111 1111 1111 1111 and 5500-0000-0000-0004", "[redacted-pan] and [redacted-pan]"),
        ("Bestellung 12 4111 1111 1111 1111", "Bestellung 12 [redacted-pan]"),
        ("x4111111111111111y", "x[redacted-pan]y"),
        ("é 4111  1111--1111 1111 é", "é [redacted-pan] é"),
        ("4111 1111 1111 1111 07", "[redacted-pan] 07"),
    ])
    func `numbers are found among other text`(original: String, expected: String) {
        #expect(CardNumberRedaction(original).text == expected)
    }

    @Test(arguments: [
        "", "order 4711", "4111111111111112", "411111111111", "4111 1111 1111 / 1111", "4111.1111.1111.1111",
        "4111   1111   1111   1111", "12345678901234567890", "2026-03-01 12:00:00", "٤١١١١١١١١١١١١١١١",
    ])
    func `what is no card number stays as it is`(text: String) {
        let redaction = CardNumberRedaction(text)
        #expect(redaction.text == text)
        #expect(redaction.count == 0)
    }

    @Test func `redacting twice changes nothing more`() {
        let once = CardNumberRedaction("4111111111111111 4111111111111111")
        #expect(once.count == 2)
        #expect(CardNumberRedaction(once.text).count == 0)
    }
}

/// Numbers that are the same in every run.
private struct CardNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Digits of that length whose last one makes the Luhn sum right.
    mutating func cardNumber(length: Int) -> [Int] {
        var digits = [4] + (2..<length).map { _ in Int.random(in: 0...9, using: &self) }
        let sum = digits.reversed().enumerated().reduce(0) { sum, place in
            let weighted = place.offset.isMultiple(of: 2) ? place.element * 2 : place.element
            return sum + (weighted > 9 ? weighted - 9 : weighted)
        }
        digits.append((10 - sum % 10) % 10)
        return digits
    }

    /// In one piece, in fours with spaces and dashes, and cut anywhere.
    mutating func writings(of digits: [Int]) -> [String] {
        let fours = stride(from: 0, to: digits.count, by: 4).map { start in
            digits[start..<min(start + 4, digits.count)].map(String.init).joined()
        }
        let cut = Int.random(in: 1..<digits.count, using: &self)
        let halves = [digits[..<cut], digits[cut...]].map { $0.map(String.init).joined() }
        return [
            digits.map(String.init).joined(), fours.joined(separator: " "), fours.joined(separator: "-"),
            halves.joined(separator: "- "),
        ]
    }
}
