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
        /// The name's, by which most others of its length are told apart.
        var lastByte: UInt8
        var refusesComma: Bool
        /// REQUEST_URI may hold raw UTF-8; `RequestPath` is stricter about everything else.
        var isTarget: Bool
    }

    private var names: [UInt8] = []
    /// Shortest name first.
    private var rules: [Rule] = []
    /// Where the rules for names of n bytes begin; those for longer ones follow. A parameter is compared only with the
    /// one or two names of its length.
    private var firstRule = [UInt8](repeating: 0, count: Self.longestName + 2)

    private static let longestName = 62

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
            "HTTP_PSP_TEST_MODE", "HTTP_PSP_TYPE",
        ],
        commaFree: [
            "HTTP_X_API_KEY", "HTTP_X_STASH_HMAC_SIGNATURE", "HTTP_STASH_HMAC_SIGNATURE", "HTTP_SECRET_KEY",
            "HTTP_PUBLISHABLE_KEY",
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
        precondition(length <= Self.longestName && rules.count < 64, "the tables of check(_:) have that many places")
        let position = rules.firstIndex { $0.length > length } ?? rules.endIndex
        rules.insert(
            Rule(
                start: start, length: length, lastByte: names.last ?? 0, refusesComma: refusesComma,
                isTarget: name == "REQUEST_URI"),
            at: position)
        for longer in (length + 1)..<firstRule.count { firstRule[longer] += 1 }
    }

    /// - Throws: `badRequest` for a name that appears twice, or a value that is no printable ASCII.
    func check(_ parameters: Parameters) throws(Refusal) {
        let bytes = parameters.bytes.span
        let entries = parameters.entries.span
        let names = names.span
        let rules = rules.span
        var seen: UInt64 = 0
        for position in entries.indices {
            let entry = entries[position]
            guard let index = rule(for: entry, bytes, rules, names) else { continue }
            guard seen & (1 << UInt64(index)) == 0 else {
                throw .badRequest("The request has a security header twice.")
            }
            seen |= 1 << UInt64(index)
            try check(bytes, entry.value, rules[index])
        }
    }

    /// - Returns: the number of the rule for a parameter's name, nil for a name that has none.
    @inline(__always) private func rule(
        for entry: Parameters.Entry, _ bytes: Span<UInt8>, _ rules: Span<Rule>, _ names: Span<UInt8>
    ) -> Int? {
        let length = entry.nameLength
        guard length > 0, length <= Self.longestName else { return nil }
        let lastByte = bytes[entry.name.upperBound - 1]
        for index in Int(firstRule[length])..<Int(firstRule[length + 1]) where rules[index].lastByte == lastByte {
            let start = rules[index].start
            let name = bytes.extracting(entry.name)
            if name.isEqual(to: names.extracting(start..<start + length)) { return index }
        }
        return nil
    }

    private func check(_ bytes: Span<UInt8>, _ value: Range<Int>, _ rule: Rule) throws(Refusal) {
        if rule.isTarget { return }
        let text = bytes.extracting(value)
        let isPrintable = text.isFree { ByteWord.below(0x20, $0) | ByteWord.aboveTilde($0) }
        guard isPrintable, !rule.refusesComma || text.isFree(of: { ByteWord.equal(to: UInt8(ascii: ","), $0) }) else {
            throw .badRequest("A security header holds a character it may not.")
        }
    }
}
