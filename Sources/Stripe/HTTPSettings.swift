/// The limits and the trust of every request.
package struct HTTPSettings: Sendable {
    /// Such as `Tollgate/0.1.0`.
    package let userAgent: String
    /// Name, connection and TLS handshake together.
    package private(set) var connectTimeoutMilliseconds = 5_000
    /// Everything together.
    package private(set) var totalTimeoutMilliseconds = 12_000
    package var authorities: CertificateAuthorities

    /// In seconds. With the wait for another exchange of the event (5 s) and the repetitions of a payment's call (2.5 s)
    /// the longest is below nginx's `fastcgi_read_timeout` of 60 s, so that the caller gets our 504 and not nginx's,
    /// which would say nothing of what became of the request; it is also below what a merchant's repetition waits (30 s).
    package static let connectSeconds: ClosedRange<Int64> = 1...10
    package static let totalSeconds: ClosedRange<Int64> = 2...25

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
