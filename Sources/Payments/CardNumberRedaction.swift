/// Takes card numbers out of free text before it is stored, sent or logged: we must never hold one (PCI DSS 3.2 to 3.4).
///
/// A card number is 13 to 19 digits whose Luhn sum is right, written as groups of digits with at most two spaces or
/// dashes between two groups. A number is found at group boundaries only: windows inside of a longer run of digits
/// would make one of almost every long order number.
package struct CardNumberRedaction: Sendable {
    package static let replacement = "[redacted-pan]"

    package let text: String
    /// How many numbers were taken out.
    package let count: Int

    package init(_ original: String) {
        guard original.utf8.count >= CardNumberRedaction.lengths.lowerBound else {
            self.init(text: original, count: 0)
            return
        }
        let bytes = Array(original.utf8)
        let groups = CardNumberRedaction.groups(in: bytes)
        var result: [UInt8] = []
        var (copied, count, index) = (0, 0, 0)
        while index < groups.count {
            guard let last = CardNumberRedaction.lastGroup(ofNumberAt: index, groups, bytes) else {
                index += 1
                continue
            }
            result += bytes[copied..<groups[index].lowerBound] + Array(CardNumberRedaction.replacement.utf8)
            copied = groups[last].upperBound
            count += 1
            index = last + 1
        }
        guard count > 0 else {
            self.init(text: original, count: 0)
            return
        }
        result += bytes[copied...]
        self.init(text: String(decoding: result, as: UTF8.self), count: count)
    }

    private init(text: String, count: Int) {
        self.text = text
        self.count = count
    }

    private static let lengths = 13...19
    private static let separatorLimit = 2

    /// Where digits stand.
    private static func groups(in bytes: [UInt8]) -> [Range<Int>] {
        var groups: [Range<Int>] = []
        var start: Int?
        for index in bytes.indices {
            if isDigit(bytes[index]) {
                start = start ?? index
            } else if let begun = start {
                groups.append(begun..<index)
                start = nil
            }
        }
        if let begun = start { groups.append(begun..<bytes.count) }
        return groups
    }

    /// The last group of the longest card number that begins with group `first`; nil when none begins there.
    private static func lastGroup(ofNumberAt first: Int, _ groups: [Range<Int>], _ bytes: [UInt8]) -> Int? {
        var digits: [UInt8] = []
        var found: Int?
        for index in first..<groups.count {
            if index > first, !areJoined(bytes[groups[index - 1].upperBound..<groups[index].lowerBound]) { break }
            guard digits.count + groups[index].count <= lengths.upperBound else { break }
            digits += bytes[groups[index]]
            if lengths.contains(digits.count), isLuhnValid(digits) { found = index }
        }
        return found
    }

    private static func areJoined(_ between: ArraySlice<UInt8>) -> Bool {
        between.count <= separatorLimit && between.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "-") }
    }

    /// ISO/IEC 7812-1, annex B.
    private static func isLuhnValid(_ digits: [UInt8]) -> Bool {
        var sum = 0
        for (place, byte) in digits.reversed().enumerated() {
            let digit = Int(byte) - Int(UInt8(ascii: "0"))
            let weighted = place.isMultiple(of: 2) ? digit : 2 * digit
            sum += weighted > 9 ? weighted - 9 : weighted
        }
        return sum.isMultiple(of: 10)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
