import JSON
package import Payments

/// Makes the tokens `UserToken` reads, as Open Event would: for the demo and for tests.
package struct UserTokenSigner: Sendable {
    private let key: HMACKey
    private let clock: Clock

    package init(secret: Secret, clock: Clock) {
        key = HMACKey(secret.bytes)
        self.clock = clock
    }

    /// - Parameters:
    ///   - user: the user's id, from 1.
    ///   - lifeSeconds: how long it is valid, from now.
    package func token(user: Int64, lifeSeconds: Int64) -> String {
        let now = clock.milliseconds() / 1000
        let (expires, overflow) = now.addingReportingOverflow(lifeSeconds)
        var claims = JSONWriter()
        claims.beginObject()
        claims.member("iat", now)
        claims.member("nbf", now)
        claims.member("exp", overflow ? Int64.max : expires)
        claims.member("jti", UserTokenSigner.unique())
        claims.member("identity", user)
        claims.member("fresh", false)
        claims.member("type", "access")
        claims.endObject()
        let signed = [Array(#"{"typ":"JWT","alg":"HS256"}"#.utf8), claims.bytes].map(Base64URL.encode)
            .joined(separator: ".")
        let signature = key.authenticationCode(prefix: [], message: Array(signed.utf8))
        return "\(signed).\(Base64URL.encode(Array(signature)))"
    }

    /// 128 random bits.
    private static func unique() -> String {
        var generator = SystemRandomNumberGenerator()
        return Base64URL.encode((0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }
}
