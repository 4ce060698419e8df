import FoundationEssentials

/// A signature header as it was sent, read as leniently as can be: what may have been meant by it.
struct SignatureClaim {
    let scheme: Caller.Scheme
    /// The 32 bytes.
    let code: [UInt8]
    /// The shop the header names; nil for the legacy scheme.
    let shop: String?
    /// The time's own text, and its value in milliseconds; nil for the legacy scheme.
    let time: (text: String, milliseconds: Int64)?
    /// Why the service does not take the header as it is written; empty when it does.
    let faults: [String]

    /// - Parameters:
    ///   - v1: the value of `x-stash-hmac-signature`.
    ///   - legacy: the value of `stash-hmac-signature`.
    static func claims(v1: String?, legacy: String?) -> [SignatureClaim] {
        var claims: [SignatureClaim] = []
        if let v1 {
            if let claim = read(v1) {
                let fault =
                    "an older signature (no v1;…) stands in x-stash-hmac-signature; it belongs into "
                    + "stash-hmac-signature"
                claims.append(claim.scheme == .v1 ? claim : claim.adding(fault))
            }
        }
        if let legacy {
            if let claim = read(legacy) {
                let fault = "a v1 signature stands in stash-hmac-signature; it belongs into x-stash-hmac-signature"
                claims.append(claim.scheme == .legacy ? claim : claim.adding(fault))
            }
        }
        return claims
    }

    private static func read(_ header: String) -> SignatureClaim? {
        let parts = header.split(separator: ";", omittingEmptySubsequences: false).map { trimmed($0) }
        guard let last = parts.last, let (code, encoding) = decode(last) else { return nil }
        var faults: [String] = []
        if let encoding {
            faults.append("the signature is written \(encoding); standard base64 with padding is expected")
        }
        guard parts.count > 1 else {
            return SignatureClaim(scheme: .legacy, code: code, shop: nil, time: nil, faults: faults)
        }
        if StashSignature.v1(header.utf8.span) == nil, faults.isEmpty {
            faults.append("the header is not of the form v1;{shop id};{milliseconds};{base64}")
        }
        let time = parts.count >= 3 ? parts[parts.count - 2] : ""
        return SignatureClaim(
            scheme: .v1, code: code, shop: parts.count >= 3 ? parts[parts.count - 3] : nil,
            time: Int64(time).map { (time, $0) }, faults: faults)
    }

    private func adding(_ fault: String) -> SignatureClaim {
        SignatureClaim(scheme: scheme, code: code, shop: shop, time: time, faults: faults + [fault])
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }

    /// 32 bytes in any usual encoding, and how it is called when it is not the right one.
    private static func decode(_ text: String) -> (code: [UInt8], encoding: String?)? {
        if let strict = StashSignature.legacy(text.utf8.span) { return (strict.code, nil) }
        var text = text
        var note = ""
        for prefix in ["sha256=", "v1,", "v1="] where text.hasPrefix(prefix) {
            text.removeFirst(prefix.count)
            note = " after \(prefix)"
        }
        if text.utf8.count == 64, let bytes = hexadecimal(text) { return (bytes, "in hexadecimal\(note)") }
        if let bytes = KeyReading.base64url.keys(of: Array(text.utf8)).first?.bytes, bytes.count == 32 {
            return (bytes, "in base64url or without padding\(note)")
        }
        guard let bytes = KeyReading.base64.keys(of: Array(text.utf8)).first?.bytes, bytes.count == 32 else {
            return nil
        }
        return (bytes, note.isEmpty ? "with stray characters" : "in base64\(note)")
    }

    static func hexadecimal(_ text: String) -> [UInt8]? {
        let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == text.utf8.count, digits.count % 2 == 0 else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
    }
}
