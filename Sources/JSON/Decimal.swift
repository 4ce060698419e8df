/// The value of a number's text, exactly: `significand × 10^exponent`.
struct Decimal {
    /// No multiple of ten, unless the value is 0.
    private var significand: Int64 = 0
    private var exponent = 0

    /// Scans a text that the parser has accepted; nil when its digits, without the zeros at their end, do not fit.
    init?(_ text: ArraySlice<UInt8>) {
        let mantissa = text.prefix { $0 | 0x20 != UInt8(ascii: "e") }
        exponent = Self.exponent(text[mantissa.endIndex...].dropFirst())
        let isNegative = text.first == ASCII.minus
        var isFraction = false
        var zeroCount = 0
        for byte in mantissa {
            guard ASCII.isDigit(byte) else {
                if byte == ASCII.point { isFraction = true }
                continue
            }
            if isFraction { exponent -= 1 }
            zeroCount += 1
            guard byte != ASCII.zero else { continue }
            // Counted downwards for negative numbers: the opposite of -2^63 does not fit.
            let digit = isNegative ? -Int64(byte - ASCII.zero) : Int64(byte - ASCII.zero)
            guard let shifted = Self.scale(significand, by: zeroCount) else { return nil }
            let (sum, overflow) = shifted.addingReportingOverflow(digit)
            if overflow { return nil }
            significand = sum
            zeroCount = 0
        }
        exponent += zeroCount
    }

    /// The value when it is integral and fits.
    var integral: Int64? { Self.scale(significand, by: exponent) }

    /// The value of `[+-]? [0-9]*`, cut off far beyond any text's length and far from overflow.
    private static func exponent(_ text: ArraySlice<UInt8>) -> Int {
        var value = 0
        for byte in text where ASCII.isDigit(byte) {
            value = min(value * 10 + Int(byte - ASCII.zero), 1 << 40)
        }
        return text.first == ASCII.minus ? -value : value
    }

    /// `value × 10^power`; nil when that is not integral or does not fit.
    private static func scale(_ value: Int64, by power: Int) -> Int64? {
        guard value != 0 else { return 0 }
        // 10^18 is the largest power of ten in an Int64.
        guard power >= 0, power <= 18 else { return nil }
        var result = value
        for _ in 0..<power {
            let (product, overflow) = result.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            result = product
        }
        return result
    }
}
