/// The limits and the trust of every request.
package struct HTTPSettings: Sendable {
    /// Such as `Tollgate/0.1.0`.
    package let userAgent: String
    /// Name, connection and TLS handshake together.
    package var connectTimeoutMilliseconds = 5_000
    /// Everything together. Below nginx's `fastcgi_read_timeout` of 15 s, so that the caller gets our 504 and not
    /// nginx's, which would say nothing of what became of the request.
    package var totalTimeoutMilliseconds = 12_000
    package var authorities: CertificateAuthorities

    package init(version: String, authorities: CertificateAuthorities) {
        userAgent = "Tollgate/\(version)"
        self.authorities = authorities
    }

    /// - Throws: when a time-out is not between 0.1 s and 10 minutes, or the whole is shorter than its part.
    package mutating func setTimeouts(connectMilliseconds: Int, totalMilliseconds: Int) throws(SettingError) {
        guard (100...600_000).contains(connectMilliseconds), (100...600_000).contains(totalMilliseconds) else {
            throw SettingError("a time-out must be between 100 and 600000 milliseconds")
        }
        guard connectMilliseconds <= totalMilliseconds else {
            throw SettingError("the time-out for connecting is longer than the one for the whole call")
        }
        connectTimeoutMilliseconds = connectMilliseconds
        totalTimeoutMilliseconds = totalMilliseconds
    }
}
