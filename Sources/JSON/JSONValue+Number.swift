extension JSONValue {
    /// A number written with digits only, exactly; nil when it has a fraction or exponent, or does not fit.
    package var integer: Int64? {
        node.flags.contains(.digitsOnly) ? integralNumber : nil
    }

    /// A number whose value is integral, however it is written (`99.0`, `1.753e12`); nil when it is not, or does not
    /// fit.
    package var integralNumber: Int64? {
        guard kind == .number else { return nil }
        return node.flags.contains(.digitsOnly) ? digits ?? Decimal(bytes)?.integral : Decimal(bytes)?.integral
    }

    /// The value of at most eighteen digits, which fits whatever they are; nil for more, and for a negative number.
    private var digits: Int64? {
        let text = node.text
        guard text.count <= 18, tape.bytes[text.lowerBound] != ASCII.minus else { return nil }
        var value: Int64 = 0
        for index in text { value = value * 10 + Int64(tape.bytes[index] - ASCII.zero) }
        return value
    }
}
