import Crypto
import FoundationEssentials
import JSON

/// Why a user's token is not accepted, as Open Event says it (contract: Stripe authorization, section 1.5).
struct UserTokenFault: Error, Equatable {
    /// Whether a new log-in would help: 401. Otherwise the token is none: 422.
    let isExpected: Bool
    let message: String

    static func unprocessable(_ message: String) -> UserTokenFault {
        UserTokenFault(isExpected: false, message: message)
    }

    static let missing = UserTokenFault(
        isExpected: true,
        message: #"Missing JWT in cookies or headers (Missing cookie "access_token_cookie"; "#
            + "Missing Authorization Header)")
    static let expired = UserTokenFault(isExpected: true, message: "Token has expired")
    static let wrongScheme = unprocessable("Bad Authorization header. Expected value 'JWT <JWT>'")
}

/// Open Event's access token: a JSON Web Token (RFC 7519) signed with HS256.
struct UserToken: Equatable {
    /// Open Event's user id.
    let user: Int64
    /// Seconds since the Unix epoch.
    let expires: Int64

    private static let maximumBytes = 4096

    /// Reads and verifies a token. The signature comes before everything the claims say, and the algorithm is ours:
    /// the header may only agree with it.
    ///
    /// - Parameter now: seconds since the Unix epoch.
    init(_ text: Substring.UTF8View, key: HMACKey, now: Int64) throws(UserTokenFault) {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, text.count <= UserToken.maximumBytes else {
            throw .unprocessable("Not enough segments")
        }
        let header = try UserToken.object(parts[0], "header")
        guard header["alg"]?.equals("HS256") == true, header["crit"] == nil else {
            throw .unprocessable("The specified alg value is not allowed")
        }
        guard let signature = Base64URL.decode(parts[2]) else { throw .unprocessable("Invalid crypto padding") }
        let signed = Array(text.prefix(parts[0].count + 1 + parts[1].count))
        // swift-crypto compares a digest in constant time.
        guard key.authenticationCode(prefix: [], message: signed) == signature else {
            throw .unprocessable("Signature verification failed")
        }
        self = try UserToken(claims: try UserToken.object(parts[1], "payload"), now: now)
    }

    private init(claims: JSONValue, now: Int64) throws(UserTokenFault) {
        guard let expires = claims["exp"]?.integer else {
            throw .unprocessable("Expiration Time claim (exp) must be an integer.")
        }
        guard expires > now else { throw .expired }
        if let notBefore = claims["nbf"] {
            guard let notBefore = notBefore.integer else {
                throw .unprocessable("Not Before claim (nbf) must be an integer.")
            }
            guard notBefore <= now else { throw .unprocessable("The token is not yet valid (nbf)") }
        }
        guard let user = claims["identity"]?.integer else { throw .unprocessable("Missing claim: identity") }
        guard claims["type"]?.equals("access") == true else {
            throw .unprocessable("Only access tokens are allowed")
        }
        self.user = user
        self.expires = expires
    }

    /// A part of the token as a JSON object; our reader refuses one with a member twice.
    private static func object(_ part: Substring.UTF8View, _ name: String) throws(UserTokenFault) -> JSONValue {
        guard let bytes = Base64URL.decode(part) else { throw .unprocessable("Invalid \(name) padding") }
        guard let document = try? JSONDocument(parsing: bytes), document.root.kind == .object else {
            // Where the fault lies is nobody's business who made such a token.
            throw .unprocessable("Invalid \(name) string")
        }
        return document.root
    }
}
