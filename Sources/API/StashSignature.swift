import Crypto
import FoundationEssentials

/// A signature header as Stash sends it, taken apart but not yet verified (contract section 2).
struct StashSignature: Sendable {
    /// The shop the header names; nil for the legacy scheme, which names none. It is not covered by the signature.
    let shop: [UInt8]?
    /// Milliseconds since the Unix epoch; nil for the legacy scheme.
    let timestamp: Int64?
    /// What is signed before the body: the timestamp's own text and a dot, or nothing.
    let prefix: [UInt8]
    /// The 32 bytes claimed.
    let code: Data

    /// How far the timestamp may be from our clock, either way, inclusive: 5 minutes.
    static let windowMilliseconds: Int64 = 300_000
    private static let maximumHeaderBytes = 512

    /// Reads `v1;{shopId};{unixMillis};{base64}`; nil for anything else.
    static func v1(_ header: String) -> StashSignature? {
        guard header.utf8.count <= maximumHeaderBytes else { return nil }
        let parts = header.utf8.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0].elementsEqual("v1".utf8), !parts[1].isEmpty,
            let timestamp = digits(parts[2]), let code = code(parts[3])
        else { return nil }
        return StashSignature(
            shop: Array(parts[1]), timestamp: timestamp, prefix: Array(parts[2]) + [UInt8(ascii: ".")], code: code)
    }

    /// Reads a bare base64 signature; nil for anything else.
    static func legacy(_ header: String) -> StashSignature? {
        guard header.utf8.count <= maximumHeaderBytes, let code = code(header.utf8[...]) else { return nil }
        return StashSignature(shop: nil, timestamp: nil, prefix: [], code: code)
    }

    func isFresh(at now: Int64) -> Bool {
        guard let timestamp else { return true }
        let (skew, overflow) = now.subtractingReportingOverflow(timestamp)
        return !overflow && skew.magnitude <= StashSignature.windowMilliseconds.magnitude
    }

    /// Digits only, so that one time has one text: no sign, no space, at most 14 of them (the year 5138).
    private static func digits(_ text: Substring.UTF8View) -> Int64? {
        guard (1...14).contains(text.count), text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return text.reduce(into: 0) { $0 = $0 &* 10 &+ Int64($1 &- 0x30) }
    }

    /// Standard base64 of 32 bytes with its padding and no stray bits, so that one signature has one text.
    private static func code(_ text: Substring.UTF8View) -> Data? {
        guard text.count == 44, let code = Data(base64Encoded: Data(text)), code.count == SHA256.byteCount,
            code.base64EncodedString().utf8.elementsEqual(text)
        else { return nil }
        return code
    }
}
