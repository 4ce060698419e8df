/// What a rotation of the sealing key found.
package struct Resealing: Sendable, Equatable {
    /// Documents whose secrets are sealed with the current key now.
    package var resealed = 0
    /// Documents that need nothing: sealed with the current key before, or without secrets.
    package var untouched = 0
    /// Documents that cannot be opened, as the keys they name are not configured or they were changed.
    package var failed: [DocumentKey] = []

    package init(resealed: Int = 0, untouched: Int = 0, failed: [DocumentKey] = []) {
        self.resealed = resealed
        self.untouched = untouched
        self.failed = failed
    }

    mutating func add(_ resealed: Resealed, of key: DocumentKey) {
        switch resealed {
        case .made: self.resealed += 1
        case .unneeded: untouched += 1
        case .impossible: failed.append(key)
        }
    }
}

/// What became of one document.
enum Resealed: Sendable {
    case made, unneeded, impossible
}

extension Sealing {
    /// Seals a secret anew with the current key; the same value when it is sealed with that already.
    ///
    /// - Throws: `unavailable` when it cannot be opened.
    func renewed(_ secret: SealedSecret, for place: String) throws(PaymentError) -> SealedSecret {
        if secret.key.hasSameBytes(as: currentKey) { return secret }
        return try seal(try open(secret, for: place), for: place)
    }
}
