/// The limits and the trust of every request.
package struct HTTPSettings: Sendable {
    /// Such as `Tollgate/0.1.0`.
    package let userAgent: String
    /// Name, connection and TLS handshake together.
    package private(set) var connectTimeoutMilliseconds = 5_000
    /// Everything together.
    package private(set) var totalTimeoutMilliseconds = 12_000
    package var authorities: CertificateAuthorities

    /// In seconds. A payment's request makes two calls at most, each with 2.5 s of repetitions before its last attempt, and
    /// waits 30 s at most for an equal one before: together below nginx's `fastcgi_read_timeout` of 60 s, so that the
    /// caller gets our 504 and not nginx's, which would say nothing of what became of the request. Two calls are also
    /// below what systemd gives a stopping service (30 s).
    package static let connectSeconds: ClosedRange<Int64> = 1...10
    package static let totalSeconds: ClosedRange<Int64> = 2...12

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
