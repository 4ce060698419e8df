/// A positive sum in the smallest unit of its currency. It cannot be wrong: at most what the wire's 32 bits hold.
package struct Money: Sendable, Equatable {
    package static let largest: Int64 = 2_147_483_647

    package let minorUnits: Int64
    /// Three characters as the merchant wrote them: neither case nor ISO 4217 is checked (contracts: authorization, 1.4).
    package let currency: String

    /// nil when the amount is not within 1 to 2,147,483,647, or the currency is not three characters.
    package init?(minorUnits: Int64, currency: String) {
        guard (1...Money.largest).contains(minorUnits), currency.utf16.count == 3 else { return nil }
        self.minorUnits = minorUnits
        self.currency = currency
    }

    package static func == (left: Money, right: Money) -> Bool {
        left.minorUnits == right.minorUnits && left.currency.hasSameBytes(as: right.currency)
    }

    /// Whether both name one currency; providers do not tell `eur` from `EUR`.
    package func hasSameCurrency(as other: Money) -> Bool {
        currency.utf8.elementsEqual(other.currency.utf8) { Money.lowered($0) == Money.lowered($1) }
    }

    private static func lowered(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
