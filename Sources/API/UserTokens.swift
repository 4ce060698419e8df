import FastCGI
package import Payments

/// Who is logged in: finds a request's token, verifies it, and asks whether we know the user.
package struct UserTokens: Sendable {
    private let key: HMACKey
    private let clock: Clock
    private let isKnown: @Sendable (UserID) -> Bool

    /// - Parameters:
    ///   - secret: shared with Open Event, which signs the tokens.
    ///   - isKnown: whether there is such a user.
    package init(secret: Secret, clock: Clock, isKnown: @escaping @Sendable (UserID) -> Bool) {
        key = HMACKey(secret.bytes)
        self.clock = clock
        self.isKnown = isKnown
    }

    /// The user a request speaks for: by `Authorization: JWT …`, or, on GET and HEAD only, by the cookie Open Event
    /// sets, since a browser that follows a link sends nothing else. Other methods change something, and a cookie is
    /// sent along by pages of others.
    func user(of request: Request) throws(UserTokenFault) -> UserID {
        let user: UserID
        if let header = request.header("HTTP_AUTHORIZATION") {
            user = try self.user(bearing: try UserTokens.token(inHeader: header))
        } else if request.method == "GET" || request.method == "HEAD",
            let cookie = Cookies(request).single("access_token_cookie")
        {
            user = try self.user(bearing: cookie.utf8[...])
        } else {
            throw .missing
        }
        guard isKnown(user) else {
            throw UserTokenFault(isExpected: true, message: "Error loading the user \(user)")
        }
        return user
    }

    /// Whether the request carries anything that claims to be a user.
    func isClaimed(by request: Request) -> Bool {
        request.header("HTTP_AUTHORIZATION") != nil || Cookies(request).single("access_token_cookie") != nil
    }

    private func user(bearing token: Substring.UTF8View) throws(UserTokenFault) -> UserID {
        UserID(try UserToken(token, key: key, now: clock.milliseconds() / 1000).user)
    }

    /// The scheme's word is exactly `JWT`.
    private static func token(inHeader header: String) throws(UserTokenFault) -> Substring.UTF8View {
        let parts = header.utf8.split { $0 == 0x20 || $0 == 0x09 }
        guard parts.count == 2, parts[0].elementsEqual("JWT".utf8) else { throw .wrongScheme }
        return parts[1]
    }
}

/// The cookies of a request (RFC 6265, section 4.2).
struct Cookies {
    private let header: String

    init(_ request: Request) {
        header = request.header("HTTP_COOKIE") ?? ""
    }

    /// The value of the cookie; nil when it is not there exactly once, for nobody could say which of two a browser was
    /// meant to send.
    func single(_ name: StaticString) -> String? {
        let values = header.split(separator: ";").compactMap { pair -> Substring? in
            let pair = pair.drop { $0 == " " }
            guard let equals = pair.firstIndex(of: "="), String(pair[..<equals]).hasSameBytes(as: "\(name)")
            else { return nil }
            return pair[pair.index(after: equals)...]
        }
        return values.count == 1 ? values.first.map { String($0) } : nil
    }
}
