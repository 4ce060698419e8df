extension JSONValue {
    /// A number written with digits only, exactly; nil when it has a fraction or exponent, or does not fit.
    package var integer: Int64? {
        node.flags.contains(.digitsOnly) ? integralNumber : nil
    }

    /// A number whose value is integral, however it is written (`99.0`, `1.753e12`); nil when it is not, or does not
    /// fit.
    package var integralNumber: Int64? {
        kind == .number ? Decimal(bytes)?.integral : nil
    }
}
