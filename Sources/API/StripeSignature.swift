import Crypto
import FoundationEssentials

/// A `Stripe-Signature` header taken apart but not yet verified (contracts: Stripe authorization, section 3.9).
///
/// Only `v1` counts: `v0` is a stand-in on test events, and accepting it would let anybody sign.
package struct StripeSignature: Sendable {
    /// Seconds since the Unix epoch.
    package let timestamp: Int64
    /// What is signed before the body: the timestamp's own text and a dot.
    let prefix: [UInt8]
    /// The 32 bytes of each `v1`; there are several while Stripe rolls a secret.
    let codes: [Data]

    /// How far the timestamp may be from our clock, either way, inclusive. Stripe's own library accepts any time in the
    /// future.
    package static let windowSeconds: Int64 = 300
    private static let maximumHeaderBytes = 4096

    /// Reads `t=<seconds>,v1=<64 lower-case hexadecimal digits>[,…]`; nil without exactly one time and at least one
    /// `v1`. Unknown schemes and `v1` of another form are passed over.
    package init?(_ header: String) {
        guard header.utf8.count <= StripeSignature.maximumHeaderBytes else { return nil }
        var time: [UInt8]?
        var codes: [Data] = []
        for part in header.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            let (name, value) = (part[..<equals], part[part.index(after: equals)...])
            if name.elementsEqual("t".utf8) {
                guard time == nil else { return nil }
                time = Array(value)
            } else if name.elementsEqual("v1".utf8), let code = StripeSignature.code(value) {
                codes.append(code)
            }
        }
        guard let time, let timestamp = StripeSignature.seconds(time), !codes.isEmpty else { return nil }
        self.timestamp = timestamp
        self.codes = codes
        prefix = time + [UInt8(ascii: ".")]
    }

    package func isFresh(atMilliseconds now: Int64) -> Bool {
        let (skew, overflow) = (now / 1000).subtractingReportingOverflow(timestamp)
        return !overflow && skew.magnitude <= StripeSignature.windowSeconds.magnitude
    }

    /// Whether any of the codes is that of the body with any of the secrets, which are keys as they are written,
    /// `whsec_` included. Each comparison takes the same time wherever the bytes differ.
    package func isMade(with keys: [HMACKey], over body: [UInt8]) -> Bool {
        for key in keys {
            let expected = key.authenticationCode(prefix: prefix, message: body)
            for code in codes where expected == code { return true }
        }
        return false
    }

    /// Digits only, so that one time has one text; at most 11 of them (the year 5138).
    private static func seconds(_ text: [UInt8]) -> Int64? {
        guard (1...11).contains(text.count), text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return text.reduce(into: 0) { $0 = $0 &* 10 &+ Int64($1 &- 0x30) }
    }

    /// Upper-case digits are refused, as Stripe's library does.
    private static func code(_ text: Substring.UTF8View) -> Data? {
        guard text.count == 2 * SHA256.byteCount else { return nil }
        var code = Data(capacity: SHA256.byteCount)
        var high: UInt8?
        for character in text {
            let digit: UInt8
            switch character {
            case 0x30...0x39: digit = character - 0x30
            case 0x61...0x66: digit = character - 0x61 + 10
            default: return nil
            }
            if let first = high {
                code.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return code
    }
}
