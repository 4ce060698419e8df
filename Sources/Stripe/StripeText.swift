/// Makes a text of Stripe's fit to be shown: short, printable, and without anything that looks like a key.
struct StripeText: Sendable {
    /// Never shown, wherever it stands.
    private let key: [UInt8]

    private static let maximumScalars = 300
    private static let redaction = "[redacted]"
    private static let keyPrefixes = ["sk_", "rk_", "rt_", "whsec_"].map { Array($0.utf8) }

    init(hiding key: PlatformKey) {
        self.key = key.bytes
    }

    /// At most 300 characters; control and direction characters become spaces; keys become `[redacted]`.
    func shown(_ text: String) -> String {
        // The beginning alone is looked at: a message has a few hundred bytes, an answer may have thousands.
        let bytes = Array(text.utf8.prefix(8 * StripeText.maximumScalars))
        var kept: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if let end = endOfKey(bytes, at: index) {
                kept.append(contentsOf: StripeText.redaction.utf8)
                index = end
            } else {
                kept.append(bytes[index])
                index += 1
            }
        }
        var shown = String.UnicodeScalarView()
        for scalar in String(decoding: kept, as: UTF8.self).unicodeScalars.prefix(StripeText.maximumScalars) {
            shown.append(StripeText.isPrintable(scalar) ? scalar : " ")
        }
        return String(shown)
    }

    /// Where the key that begins at `index` ends; nil when none begins there.
    private func endOfKey(_ bytes: [UInt8], at index: Int) -> Int? {
        if bytes[index...].starts(with: key) { return index + key.count }
        // "risk_level" holds no key: one begins a word.
        if index > 0, Name.isByte(bytes[index - 1]) { return nil }
        for prefix in StripeText.keyPrefixes where bytes[index...].starts(with: prefix) {
            let rest = bytes[(index + prefix.count)...]
            guard let first = rest.first, Name.isByte(first) || first == UInt8(ascii: "*") else { continue }
            return rest.firstIndex { !Name.isByte($0) && $0 != UInt8(ascii: "*") } ?? bytes.count
        }
        return nil
    }

    /// Line ends, NUL and what turns the direction of writing would change how the text around it reads.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }
}
