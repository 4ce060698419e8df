import JSON
import Testing

@Suite struct JSONValueNumberTests {
    @Test(arguments: [31, 32, 53], [-1, 0, 1] as [Int64])
    func `an integer at the edge of another type is exact`(bits: Int, distance: Int64) throws {
        let value = (1 << bits) + distance
        #expect(try JSONValue.make("\(value)").integer == value)
        #expect(try JSONValue.make("-\(value)").integer == -value)
    }

    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("7", 7), ("-7", -7), ("10", 10), ("-100", -100),
            ("1000000000000000000", 1_000_000_000_000_000_000), ("9223372036854775806", .max - 1),
            ("9223372036854775807", .max), ("-9223372036854775807", .min + 1), ("-9223372036854775808", .min),
        ] as [(String, Int64)])
    func `an integer in range is exact`(text: String, value: Int64) throws {
        let number = try JSONValue.make(text)
        #expect(number.integer == value)
        #expect(number.integralNumber == value)
    }

    @Test(arguments: [
        "9223372036854775808", "-9223372036854775809", "9223372036854775810", "10000000000000000000",
        "18446744073709551615", "18446744073709551616", "18446744073709551617", "100000000000000000000",
        "-99999999999999999999999999", "92233720368547758070", "1" + String(repeating: "0", count: 1000),
    ])
    func `an integer out of range is none`(_ text: String) throws {
        let number = try JSONValue.make(text)
        #expect(number.integer == nil)
        #expect(number.integralNumber == nil)
    }

    @Test(
        arguments: [
            ("99.0", 99), ("99.000", 99), ("1.753e12", 1_753_000_000_000), ("1.753E+12", 1_753_000_000_000), ("1e0", 1),
            ("1e-0", 1), ("100e-2", 1), ("-100e-2", -1), ("12.50e1", 125), ("0.001e3", 1), ("-0.0", 0),
            ("0e99999999999999999999", 0), ("0.000e-99999999999999999999", 0), ("1e18", 1_000_000_000_000_000_000),
            ("9.223372036854775807e18", .max), ("-9.223372036854775808e18", .min), ("92233720368547758070e-1", .max),
            ("-92233720368547758080.0e-1", .min),
            ("1" + String(repeating: "0", count: 1000) + "e-1000", 1),
            ("0." + String(repeating: "0", count: 999) + "1e1000", 1),
            ("1." + String(repeating: "0", count: 1000), 1),
        ] as [(String, Int64)])
    func `an integral value is exact however it is written`(text: String, value: Int64) throws {
        let number = try JSONValue.make(text)
        #expect(number.integralNumber == value)
        #expect(number.integer == nil)
    }

    @Test(arguments: [
        "0.5", "-0.5", "99.01", "1e-1", "1e19", "-1e19", "9.223372036854775808e18", "-9.223372036854775809e18", "1.5e0",
        "123456789012345678901e-1", "1e99999999999999999999", "1e-99999999999999999999", "9223372036854775807.5",
        "9.3e18", "1.0000000000000000000000001",
    ])
    func `a value that is not integral or does not fit is none`(_ text: String) throws {
        let number = try JSONValue.make(text)
        #expect(number.kind == .number)
        #expect(number.integralNumber == nil)
        #expect(number.integer == nil)
    }

    @Test func `a number written as a string is a string`() throws {
        let string = try JSONValue.make(#""1753993257000""#)
        #expect(string.integer == nil)
        #expect(string.integralNumber == nil)
    }
}
