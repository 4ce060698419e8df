/// Hash functions, injected because the domain has no cryptography.
package struct Digests: Sendable {
    /// SHA-256: for fingerprints and names that must stay the same for ever.
    package let plain: @Sendable ([UInt8]) -> [UInt8]
    /// HMAC-SHA-256 with the server's pepper: for merchants' keys, so that who steals the state cannot test guesses.
    package let keyed: @Sendable ([UInt8]) -> [UInt8]

    package init(
        plain: @escaping @Sendable ([UInt8]) -> [UInt8], keyed: @escaping @Sendable ([UInt8]) -> [UInt8]
    ) {
        self.plain = plain
        self.keyed = keyed
    }

    /// SHA-256 over the parts, in hexadecimal. Each part goes in with its length, and an absent one differs from an
    /// empty one, so that no two lists of parts run into each other.
    func name(of parts: [String?]) -> String {
        var bytes: [UInt8] = []
        for part in parts {
            guard let part else {
                bytes += Array("-;".utf8)
                continue
            }
            bytes += Array("\(part.utf8.count):".utf8) + Array(part.utf8) + Array(";".utf8)
        }
        return Hexadecimal.text(plain(bytes))
    }

    /// Compares in a time that does not tell where the difference is.
    static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for (mine, theirs) in zip(left, right) { difference |= mine ^ theirs }
        return difference == 0
    }
}
