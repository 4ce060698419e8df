/// Encrypts what must not stand in the journal in clear. Implemented where the keys are (`Storage`).
package protocol Sealing: Sendable {
    /// - Parameter place: which record and field it belongs to, such as `stripe-authorization:1:access_token`; a sealed
    ///   value opens nowhere else.
    func seal(_ secret: [UInt8], for place: String) throws(PaymentError) -> SealedSecret
    /// - Throws: `unavailable` when the key is not configured any more, or the value belongs elsewhere or was changed.
    func open(_ sealed: SealedSecret, for place: String) throws(PaymentError) -> [UInt8]
    /// The key new values are sealed with.
    var currentKey: String { get }
}

/// A sealed value as documents hold it.
package struct SealedSecret: Sendable, Equatable {
    /// The name of the key it was sealed with.
    package var key: String
    /// Nonce (12 bytes), ciphertext, tag (16 bytes).
    package var bytes: [UInt8]

    package init(key: String, bytes: [UInt8]) {
        self.key = key
        self.bytes = bytes
    }
}
