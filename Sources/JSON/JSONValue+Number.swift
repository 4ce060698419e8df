extension JSONValue {
    /// A number written with digits only, exactly; nil when it has a fraction or exponent, or does not fit.
    package var integer: Int64? {
        guard kind == .number, node.flags.contains(.digitsOnly) else { return nil }
        return Decimal(bytes).integral
    }

    /// A number whose value is integral, however it is written (`99.0`, `1.753e12`); nil when it is not, or does not fit.
    package var integralNumber: Int64? {
        kind == .number ? Decimal(bytes).integral : nil
    }
}

/// The value of a number's text as `±digits × 10^exponent`, scanned without floating point.
private struct Decimal {
    /// The integral value, nil when there is none in range.
    private(set) var integral: Int64?

    /// The text has passed the parser.
    init(_ text: ArraySlice<UInt8>) {
        let isNegative = text.first == ASCII.minus
        let number = isNegative ? text.dropFirst() : text
        let mantissa = number.prefix { $0 | 0x20 != UInt8(ascii: "e") }
        let fractionCount = mantissa.reversed().firstIndex(of: ASCII.point).map { mantissa.endIndex - $0.base } ?? 0
        guard let (significand, zeroCount) = Self.significand(mantissa, isNegative: isNegative) else { return }
        let power = Self.exponent(number.dropFirst(mantissa.count + 1)) - fractionCount + zeroCount
        integral = Self.scale(significand, by: power)
    }

    /// The digits without their trailing zeros, and how many zeros those were; nil when they do not fit, in which case the number,
    /// no multiple of ten, is out of range or not integral. Counted downwards for negative numbers, since -2^63 has no opposite.
    private static func significand(_ mantissa: ArraySlice<UInt8>, isNegative: Bool) -> (value: Int64, zeroCount: Int)? {
        var value: Int64 = 0
        var zeroCount = 0
        for byte in mantissa where byte != ASCII.point {
            guard byte != ASCII.zero else {
                zeroCount += 1
                continue
            }
            guard let shifted = scale(value, by: zeroCount + 1) else { return nil }
            let digit = Int64(byte - ASCII.zero)
            let (sum, overflow) = isNegative ? shifted.subtractingReportingOverflow(digit) : shifted.addingReportingOverflow(digit)
            if overflow { return nil }
            value = sum
            zeroCount = 0
        }
        return (value, zeroCount)
    }

    /// Far beyond any text's length, and far from overflow: exponents are cut off here.
    private static let largestExponent = 1 << 40

    /// The value of `[+-]? [0-9]*`.
    private static func exponent(_ text: ArraySlice<UInt8>) -> Int {
        var value = 0
        for byte in text where ASCII.isDigit(byte) {
            value = min(value * 10 + Int(byte - ASCII.zero), largestExponent)
        }
        return text.first == ASCII.minus ? -value : value
    }

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
