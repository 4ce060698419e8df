/// Parameters that decide who asks for what. Each may appear once, in printable ASCII.
///
/// nginx 1.22 passes a header sent twice as two parameters, and libfcgi's look-up returns the first: whoever checks
/// one and whoever uses the other may be different programs. Newer nginx joins them with a comma, so that where a
/// value has no comma by its own format, one is refused too.
package struct SecurityHeaders: Sendable {
    private struct Rule: Sendable {
        /// Where the name lies in `names`: rules are trivial values, which cost no reference counting per parameter.
        var start: Int
        var length: Int
        var refusesComma: Bool
        /// REQUEST_URI may hold raw UTF-8; `RequestPath` is stricter about everything else.
        var isTarget: Bool
    }

    private var names: [UInt8] = []
    private var rules: [Rule] = []
    /// Bit n is set when some rule's name is n bytes long: most parameters are passed over by this alone.
    private var lengths: UInt64 = 0

    /// - Parameters:
    ///   - single: names that may appear once.
    ///   - commaFree: names that may appear once and whose values hold no comma.
    package init(single: [String], commaFree: [String]) {
        for name in commaFree { append(name, refusesComma: true) }
        for name in single { append(name, refusesComma: false) }
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
        var more = self
        more.append(name, refusesComma: true)
        return more
    }

    /// The first rule of a name is the one that is used.
    private mutating func append(_ name: String, refusesComma: Bool) {
        let start = names.count
        names.append(text: name)
        let length = names.count - start
        rules.append(
            Rule(start: start, length: length, refusesComma: refusesComma, isTarget: name == "REQUEST_URI"))
        lengths |= 1 << UInt64(length & 63)
        precondition(rules.count <= 64, "the set of names seen in check(_:) has 64 bits")
    }

    /// - Throws: `badRequest` for a name that appears twice, or a value that is no printable ASCII.
    func check(_ parameters: Parameters) throws(Refusal) {
        let bytes = parameters.bytes.span
        let entries = parameters.entries.span
        var seen: UInt64 = 0
        for position in entries.indices {
            let entry = entries[position]
            guard lengths & (1 << UInt64(entry.nameLength & 63)) != 0, let index = rule(bytes, entry) else { continue }
            guard seen & (1 << UInt64(index)) == 0 else {
                throw .badRequest("The request has a security header twice.")
            }
            seen |= 1 << UInt64(index)
            try check(bytes, entry.value, rules[index])
        }
    }

    /// - Returns: the number of the rule for a parameter's name, nil for a name that has none.
    private func rule(_ bytes: Span<UInt8>, _ entry: Parameters.Entry) -> Int? {
        let names = names.span
        let rules = rules.span
        for index in rules.indices where rules[index].length == entry.nameLength {
            let start = rules[index].start
            if (0..<entry.nameLength).allSatisfy({ names[start + $0] == bytes[entry.nameStart + $0] }) { return index }
        }
        return nil
    }

    private func check(_ bytes: Span<UInt8>, _ value: Range<Int>, _ rule: Rule) throws(Refusal) {
        if rule.isTarget { return }
        for index in value {
            let byte = bytes[index]
            guard byte >= 0x20, byte <= 0x7E, !rule.refusesComma || byte != UInt8(ascii: ",") else {
                throw .badRequest("A security header holds a character it may not.")
            }
        }
    }
}
