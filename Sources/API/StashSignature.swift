import Crypto
import Payments

/// A signature header as Stash sends it, taken apart but not yet verified (contract section 2).
struct StashSignature: Sendable {
    /// The shop the header names; nil for the legacy scheme, which names none. It is not covered by the signature.
    let shop: ShopID?
    /// Milliseconds since the Unix epoch; nil for the legacy scheme.
    let timestamp: Int64?
    /// What is signed before the body: the timestamp's own text and a dot, or nothing.
    let prefix: [UInt8]
    /// The 32 bytes claimed.
    let code: [UInt8]

    /// How far the timestamp may be from our clock, either way, inclusive: 5 minutes.
    static let windowMilliseconds: Int64 = 300_000
    private static let maximumHeaderBytes = 512

    /// Reads `v1;{shopId};{unixMillis};{base64}`; nil for anything else.
    static func v1(_ header: Span<UInt8>) -> StashSignature? {
        guard header.count <= maximumHeaderBytes, let parts = Parts(header), parts.hasVersion1(header),
            let shop = try? UTF8Span(validating: header.extracting(parts.shop)),  // no UTF-8 is no shop
            let timestamp = digits(header.extracting(parts.timestamp)), let code = code(header.extracting(parts.code))
        else { return nil }
        var prefix: [UInt8] = []
        prefix.reserveCapacity(parts.timestamp.count + 1)
        for index in parts.timestamp { prefix.append(header[index]) }
        prefix.append(UInt8(ascii: "."))
        return StashSignature(shop: ShopID(String(copying: shop)), timestamp: timestamp, prefix: prefix, code: code)
    }

    /// Reads a bare base64 signature; nil for anything else.
    static func legacy(_ header: Span<UInt8>) -> StashSignature? {
        guard let code = code(header) else { return nil }
        return StashSignature(shop: nil, timestamp: nil, prefix: [], code: code)
    }

    func isFresh(at now: Int64) -> Bool {
        guard let timestamp else { return true }
        let (skew, overflow) = now.subtractingReportingOverflow(timestamp)
        return !overflow && skew.magnitude <= StashSignature.windowMilliseconds.magnitude
    }

    /// Where the four parts of a v1 header lie.
    private struct Parts {
        let version: Range<Int>
        let shop: Range<Int>
        let timestamp: Range<Int>
        let code: Range<Int>

        /// nil when there are not exactly four, or no shop.
        init?(_ header: Span<UInt8>) {
            let first = Self.end(of: 0, header)
            let second = Self.end(of: first + 1, header)
            let third = Self.end(of: second + 1, header)
            guard third < header.count, Self.end(of: third + 1, header) == header.count, second > first + 1 else {
                return nil
            }
            version = 0..<first
            shop = first + 1..<second
            timestamp = second + 1..<third
            code = third + 1..<header.count
        }

        func hasVersion1(_ header: Span<UInt8>) -> Bool {
            version.count == 2 && header[0] == UInt8(ascii: "v") && header[1] == UInt8(ascii: "1")
        }

        /// The index of the semicolon that ends the part from `start` on, or the header's end.
        private static func end(of start: Int, _ header: Span<UInt8>) -> Int {
            var index = min(start, header.count)
            while index < header.count, header[index] != UInt8(ascii: ";") { index += 1 }
            return index
        }
    }

    /// Digits only, so that one time has one text: no sign, no space, at most 14 of them (the year 5138).
    private static func digits(_ text: Span<UInt8>) -> Int64? {
        guard (1...14).contains(text.count) else { return nil }
        var number: Int64 = 0
        for index in text.indices {
            guard (0x30...0x39).contains(text[index]) else { return nil }
            number = number * 10 + Int64(text[index] - 0x30)
        }
        return number
    }

    /// Standard base64 of 32 bytes with its padding and no stray bits, so that one signature has one text.
    private static func code(_ text: Span<UInt8>) -> [UInt8]? {
        guard text.count == 44, text[43] == UInt8(ascii: "=") else { return nil }
        var code: [UInt8] = []
        code.reserveCapacity(SHA256.byteCount)
        let values = base64Values
        // Four digits are three bytes. The padding stands for a zero here, so that the last group has one byte too many.
        for index in stride(from: 0, to: 44, by: 4) {
            let last = index == 40 ? 0 : values[Int(text[index + 3])]
            let bits =
                values[Int(text[index])] << 18 | values[Int(text[index + 1])] << 12
                | values[Int(text[index + 2])] << 6 | last
            guard bits <= 0xFF_FFFF else { return nil }
            code.append(UInt8(truncatingIfNeeded: bits >> 16))
            code.append(UInt8(truncatingIfNeeded: bits >> 8))
            if index < 40 { code.append(UInt8(truncatingIfNeeded: bits)) } else if bits & 0xFF != 0 { return nil }
        }
        return code
    }

    /// What a digit stands for; for what is none, more than 24 bits can hold, however it is shifted. A table, because a
    /// processor that has to guess at every digit guesses wrong at every other.
    private static let base64Values: [UInt64] = {
        var values = [UInt64](repeating: 1 << 32, count: 256)
        let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for (value, digit) in digits.utf8.enumerated() { values[Int(digit)] = UInt64(value) }
        return values
    }()
}
