/// What else Stash said about a purchase, kept for support and audit; nothing is decided by it.
///
/// Values of enums are kept as the text received, since new ones appear without notice. E-mail, IP address, device and
/// browser are personal data that nothing here needs: they are not stored.
package struct PurchaseDetails: Sendable, Equatable {
    /// The configured name of the key that authenticated the deciding call, never the key.
    package var keyName: String
    /// `api-key`, `v1` or `legacy`.
    package var scheme: String
    /// How the key's text was read (`utf8`, `base64`, `base64url`); nil where it is not signed with.
    package var reading: String?
    /// How far the signature's time was behind our clock, milliseconds, negative when ahead; nil where it has none.
    package var skewMilliseconds: Int64?
    package var decimalPlaces: Int64?
    /// When the payment was completed, milliseconds since the Unix epoch, by Stash's clock.
    package var completedAt: Int64?
    package var checkoutLink: String?
    package var platform: String?
    package var source: String?
    package var paymentMethod: String?
    package var region: String?
    /// The loyalty object as received, one JSON value.
    package var loyalty: [UInt8]?

    package init(keyName: String, scheme: String) {
        self.keyName = keyName
        self.scheme = scheme
    }

    /// Takes over what `later` states and keeps the rest.
    mutating func merge(_ later: PurchaseDetails) {
        keyName = later.keyName
        scheme = later.scheme
        reading = later.reading
        skewMilliseconds = later.skewMilliseconds
        decimalPlaces = later.decimalPlaces ?? decimalPlaces
        completedAt = later.completedAt ?? completedAt
        checkoutLink = later.checkoutLink ?? checkoutLink
        platform = later.platform ?? platform
        source = later.source ?? source
        paymentMethod = later.paymentMethod ?? paymentMethod
        region = later.region ?? region
        loyalty = later.loyalty ?? loyalty
    }
}
