import Crypto
import FoundationEssentials
package import Payments

/// Sealing with AES-256-GCM: a random 96-bit nonce for each value, the place as associated data (contracts: Stripe
/// authorization, section 6).
///
/// The first key seals; every key opens what it sealed, so that a key can be replaced while values sealed with its
/// predecessor remain.
package struct AESSealing: Sealing {
    private let keys: [SealingKey]
    private let first: SealingKey

    private static let nonceBytes = 12
    private static let tagBytes = 16

    /// - Parameter keys: the one that seals, then those it replaced; no two of one name, else nobody knows which opens.
    package init(_ first: SealingKey, replaced: [SealingKey] = []) throws(StoreError) {
        var names: Set<String> = [first.name]
        for key in replaced where !names.insert(key.name).inserted {
            throw StoreError(.system, "Two sealing keys are called \(key.name). Give each key a name of its own.")
        }
        self.first = first
        keys = [first] + replaced
    }

    package var currentKey: String { first.name }

    package func seal(_ secret: [UInt8], for place: String) throws(PaymentError) -> SealedSecret {
        try seal(secret, for: place, nonce: AES.GCM.Nonce())
    }

    /// - Parameter nonce: never used before with this key: a second use gives both values away.
    func seal(_ secret: [UInt8], for place: String, nonce: AES.GCM.Nonce) throws(PaymentError) -> SealedSecret {
        guard
            let box = try? AES.GCM.seal(  // its only error is a nonce of a wrong size
                secret, using: first.key, nonce: nonce, authenticating: Array(place.utf8))
        else { throw PaymentError(.unavailable, "A secret cannot be sealed.") }
        return SealedSecret(key: first.name, bytes: Array(box.nonce) + Array(box.ciphertext) + Array(box.tag))
    }

    package func open(_ sealed: SealedSecret, for place: String) throws(PaymentError) -> [UInt8] {
        // Names are plain ASCII, so String's equality is that of bytes.
        guard let key = keys.first(where: { $0.name == sealed.key }) else {
            throw AESSealing.unavailable("the key a secret was sealed with is not configured")
        }
        let bytes = sealed.bytes
        guard bytes.count >= AESSealing.nonceBytes + AESSealing.tagBytes else {
            throw AESSealing.unavailable("a sealed secret is too short")
        }
        // One error for whatever is wrong: the value, its place or the key's bytes. Which one, nobody can tell.
        guard let box = try? AES.GCM.SealedBox(combined: bytes),
            let secret = try? AES.GCM.open(box, using: key.key, authenticating: Array(place.utf8))
        else { throw AESSealing.unavailable("a sealed secret was changed, belongs elsewhere, or has another key") }
        return [UInt8](secret)
    }

    private static func unavailable(_ reason: StaticString) -> PaymentError {
        var error = PaymentError(.unavailable, "A stored secret cannot be read.")
        error.reason = reason
        return error
    }
}
