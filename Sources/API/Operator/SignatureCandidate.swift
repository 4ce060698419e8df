package import Payments

/// A key that may have made a signature, in every way its text can be read.
package struct SignatureCandidate: Sendable {
    package let name: String
    /// Whose key it is; nil for one that is not configured.
    package let shop: Shop?
    let acceptsLegacySignature: Bool
    let validity: KeyValidity
    let readings: [Reading]

    struct Reading: Sendable {
        let name: String
        let key: HMACKey
        /// Whether the service tries it.
        let isConfigured: Bool
    }

    /// All keys of these shops. A purchase key signs nothing, so a signature made with one is a mix-up worth naming.
    package static func all(of shops: [ShopKeys]) -> [SignatureCandidate] {
        shops.flatMap { shop in
            shop.egressKeys.map { key in
                SignatureCandidate(
                    name: key.name, shop: shop.shop, acceptsLegacySignature: shop.acceptsLegacySignature,
                    validity: key.validity,
                    readings: readings(of: key.secret.bytes, configured: key.keys.map(\.reading.rawValue)))
            }
                + shop.purchaseKeys.map { key in
                    SignatureCandidate(
                        name: key.name, shop: shop.shop, acceptsLegacySignature: shop.acceptsLegacySignature,
                        validity: key.validity, readings: readings(of: key.secret.bytes, configured: []))
                }
        }
    }

    /// A key that is tried without being configured.
    package init(name: String, secret: Secret, reading: KeyReading) {
        let configured = reading.keys(of: secret.bytes).map(\.reading.rawValue)
        self.init(
            name: name, shop: nil, acceptsLegacySignature: true, validity: .always,
            readings: Self.readings(of: secret.bytes, configured: configured))
    }

    private init(
        name: String, shop: Shop?, acceptsLegacySignature: Bool, validity: KeyValidity, readings: [Reading]
    ) {
        self.name = name
        self.shop = shop
        self.acceptsLegacySignature = acceptsLegacySignature
        self.validity = validity
        self.readings = readings
    }

    private static func readings(of secret: [UInt8], configured: [String]) -> [Reading] {
        var keys = KeyReading.auto.keys(of: secret).map { ($0.reading.rawValue, $0.bytes) }
        if let bytes = SignatureClaim.hexadecimal(String(decoding: secret, as: UTF8.self)) {
            keys.append(("hexadecimal", bytes))
        }
        keys.append(("utf8 with the line end of its file", secret + [0x0A]))
        return keys.map { Reading(name: $0.0, key: HMACKey($0.1), isConfigured: configured.contains($0.0)) }
    }

    /// Whether the service checks signatures with it at all.
    var isForSigning: Bool { readings.contains(where: \.isConfigured) }
}
