/// The system's secure source of random bytes, injected so that the domain stays without system calls.
package struct Randomness: Sendable {
    /// That many bytes nobody can guess.
    package let bytes: @Sendable (Int) -> [UInt8]

    package init(bytes: @escaping @Sendable (Int) -> [UInt8]) {
        self.bytes = bytes
    }

    /// That many of `[A-Za-z0-9]`, each with the same probability: 5.95 bits a character.
    package func text(count: Int) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
        var text: [UInt8] = []
        while text.count < count {
            // Values past the alphabet are thrown away: folding them would favour some characters.
            text += bytes(count).map { Int($0 & 0x3F) }.filter { $0 < alphabet.count }.map { alphabet[$0] }
                .prefix(count - text.count)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
