import Payments

/// A fingerprint as this room's dictionaries have it for their keys.
///
/// The compiler makes a dictionary of its own for a key whose conformance it finds in the same module; another's is asked
/// through a witness table, some twenty times a purchase.
struct FingerprintKey: Hashable, Sendable {
    let fingerprint: Fingerprint

    init(_ fingerprint: Fingerprint) {
        self.fingerprint = fingerprint
    }

    static func == (left: FingerprintKey, right: FingerprintKey) -> Bool {
        left.fingerprint.low == right.fingerprint.low && left.fingerprint.high == right.fingerprint.high
    }

    /// Half of it is random enough to choose a bucket.
    func hash(into hasher: inout Hasher) {
        hasher.combine(fingerprint.low)
    }

    /// A keyed hash need not be hashed again: a third of the time of a start went into that.
    func _rawHashValue(seed: Int) -> Int {
        Int(truncatingIfNeeded: fingerprint.low) ^ seed
    }
}
