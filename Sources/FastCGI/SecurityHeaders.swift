import Glibc

/// Parameters that decide who asks for what. Each may appear once, in printable ASCII.
///
/// nginx 1.22 passes a header sent twice as two parameters, and libfcgi's look-up returns the first: whoever checks
/// one and whoever uses the other may be different programs. Newer nginx joins them with a comma, so that where a
/// value has no comma by its own format, one is refused too.
package struct SecurityHeaders: Sendable {
    private struct Rule: Sendable {
        let name: [UInt8]
        let refusesComma: Bool
    }

    private let rules: [Rule]
    /// Bit n is set when some rule's name is n bytes long: most parameters are passed over by this alone.
    private let lengths: UInt64

    /// - Parameters:
    ///   - single: names that may appear once.
    ///   - commaFree: names that may appear once and whose values hold no comma.
    package init(single: [String], commaFree: [String]) {
        self.init(
            commaFree.map { Rule(name: Array($0.utf8), refusesComma: true) }
                + single.map { Rule(name: Array($0.utf8), refusesComma: false) })
    }

    private init(_ rules: [Rule]) {
        self.rules = rules
        lengths = rules.reduce(0) { $0 | (1 << UInt64($1.name.count & 63)) }
        precondition(rules.count <= 64, "the seen set of check(_:) has 64 bits")
    }

    package static let standard = SecurityHeaders(
        single: [
            "REQUEST_METHOD", "REQUEST_URI", "CONTENT_LENGTH", "CONTENT_TYPE", "HTTP_AUTHORIZATION",
            "HTTP_STRIPE_SIGNATURE", "HTTP_IDEMPOTENT_KEY", "HTTP_IDEMPOTENCY_KEY",
        ],
        commaFree: [
            "HTTP_X_API_KEY", "HTTP_X_STASH_HMAC_SIGNATURE", "HTTP_STASH_HMAC_SIGNATURE", "HTTP_SECRET_KEY",
        ])

    /// These rules and one more name that may appear once and whose value holds no comma.
    package func adding(commaFree name: String) -> SecurityHeaders {
        if rules.contains(where: { $0.name.elementsEqual(name.utf8) }) { return self }
        return SecurityHeaders(rules + [Rule(name: Array(name.utf8), refusesComma: true)])
    }

    /// - Throws: `badRequest` for a name that appears twice, or a value that is no printable ASCII.
    func check(_ parameters: Parameters) throws(Refusal) {
        var seen: UInt64 = 0
        for entry in parameters.entries {
            let length = entry.nameEnd - entry.start
            guard lengths & (1 << UInt64(length & 63)) != 0, let index = rule(parameters, entry) else { continue }
            guard seen & (1 << UInt64(index)) == 0 else {
                throw .badRequest("The request has a security header twice.")
            }
            seen |= 1 << UInt64(index)
            try check(parameters.bytes[entry.value], rules[index])
        }
    }

    private func rule(_ parameters: Parameters, _ entry: Parameters.Entry) -> Int? {
        let length = entry.nameEnd - entry.start
        return rules.firstIndex { rule in
            guard rule.name.count == length else { return false }
            return unsafe parameters.bytes.withUnsafeBytes { text in
                guard let base = text.baseAddress else { return false }
                return unsafe memcmp(base + entry.start, rule.name, length) == 0
            }
        }
    }

    private func check(_ value: ArraySlice<UInt8>, _ rule: Rule) throws(Refusal) {
        // REQUEST_URI may hold raw UTF-8; its own reading is stricter about everything else.
        if rule.name == Array("REQUEST_URI".utf8) { return }
        for byte in value where byte < 0x20 || byte > 0x7E || (rule.refusesComma && byte == UInt8(ascii: ",")) {
            throw .badRequest("A security header holds a character it may not.")
        }
    }
}
