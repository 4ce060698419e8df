import Crypto
import FastCGI
import Foundation
import Payments
import Testing

@testable import API

/// Section 1.5 of the contract: who is logged in, and what is said otherwise.
@Suite struct UserTokenTests {
    let bench = StripeBench()
    private static let now = Sample.now / 1000

    /// A token as another program makes it: with Foundation's base64 and swift-crypto's own HMAC.
    static func token(
        header: String = #"{"typ":"JWT","alg":"HS256"}"#, claims: String, secret: String = "demo-jwt-secret"
    ) -> String {
        let signed = "\(base64URL(Data(header.utf8))).\(base64URL(Data(claims.utf8)))"
        let code = HMAC<SHA256>.authenticationCode(
            for: Data(signed.utf8), using: SymmetricKey(data: Data(secret.utf8)))
        return "\(signed).\(base64URL(Data(code)))"
    }

    static func claims(_ changes: [String: String?] = [:]) -> String {
        var claims: [String: String] = [
            "iat": "\(now)", "nbf": "\(now)", "exp": "\(now + 60)", "jti": #""j""#, "identity": "1", "fresh": "true",
            "type": #""access""#, "csrf": #""c""#,
        ]
        for (name, value) in changes { claims[name] = value }
        return "{" + claims.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
    }

    private static func base64URL(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    private func reply(_ authorization: String?) throws -> Reply {
        let header = authorization.map { [("HTTP_AUTHORIZATION", $0)] } ?? []
        return try bench.ask("GET", "/v1/events/6/stripe-authorization", as: nil, headers: header)
    }

    private func expectRefusal(
        _ authorization: String?, _ status: Int, _ message: String, _ place: SourceLocation = #_sourceLocation
    ) throws {
        let reply = try reply(authorization)
        #expect(reply.status == status, "\(authorization ?? "")", sourceLocation: place)
        #expect(
            reply.json
                == JSONCanon.text(
                    String(decoding: GuideError.response(status: 400, message: message).body, as: UTF8.self)),
            sourceLocation: place)
        #expect(reply.response.contentType == "application/json", sourceLocation: place)
        #expect(reply.header("Cache-Control") == "no-store", sourceLocation: place)
    }

    @Test func `a token of Open Event's form is accepted`() throws {
        // 404: authenticated, and the event has no authorization.
        #expect(try reply("JWT \(UserTokenTests.token(claims: UserTokenTests.claims()))").status == 404)
        #expect(try reply("JWT   \(UserTokenTests.token(claims: UserTokenTests.claims()))").status == 404)
        let signer = UserTokenSigner(secret: StripeBench.secret, clock: bench.clock)
        #expect(try reply("JWT \(signer.token(user: 1, lifeSeconds: 60))").status == 404)
    }

    @Test func `nobody, an expired token and a user who is gone are 401`() throws {
        try expectRefusal(
            nil, 401,
            #"Missing JWT in cookies or headers (Missing cookie "access_token_cookie"; Missing Authorization Header)"#)
        for exp in [UserTokenTests.now, UserTokenTests.now - 1, 0, -1] {
            let token = UserTokenTests.token(claims: UserTokenTests.claims(["exp": "\(exp)"]))
            try expectRefusal("JWT \(token)", 401, "Token has expired")
        }
        let gone = UserTokenTests.token(claims: UserTokenTests.claims(["identity": "99999"]))
        try expectRefusal("JWT \(gone)", 401, "Error loading the user 99999")
    }

    static let malformed: [(token: String, message: String)] = [
        ("a.b", "Not enough segments"), ("a.b.c.d", "Not enough segments"), ("x", "Not enough segments"),
        (token(header: #"{"alg":"none"}"#, claims: claims()), "The specified alg value is not allowed"),
        (token(header: #"{"alg":"HS512"}"#, claims: claims()), "The specified alg value is not allowed"),
        (token(header: #"{"alg":"hs256"}"#, claims: claims()), "The specified alg value is not allowed"),
        (token(header: #"{"typ":"JWT"}"#, claims: claims()), "The specified alg value is not allowed"),
        (token(header: #"{"alg":"HS256","crit":["x"]}"#, claims: claims()), "The specified alg value is not allowed"),
        (token(header: #"{"alg":"none","alg":"HS256"}"#, claims: claims()), "Invalid header string"),
        (token(header: "[]", claims: claims()), "Invalid header string"),
        (token(claims: claims(), secret: "other"), "Signature verification failed"),
        (token(claims: #"{"identity":1,"identity":2}"#), "Invalid payload string"),
        (token(claims: "7"), "Invalid payload string"),
        (token(claims: claims(["type": #""refresh""#])), "Only access tokens are allowed"),
        (token(claims: claims(["type": nil])), "Only access tokens are allowed"),
        (token(claims: claims(["exp": nil])), "Expiration Time claim (exp) must be an integer."),
        (token(claims: claims(["exp": "\(now + 60).0"])), "Expiration Time claim (exp) must be an integer."),
        (token(claims: claims(["exp": "99999999999999999999"])), "Expiration Time claim (exp) must be an integer."),
        (token(claims: claims(["nbf": "\(now + 1)"])), "The token is not yet valid (nbf)"),
        (token(claims: claims(["nbf": #""x""#])), "Not Before claim (nbf) must be an integer."),
        (token(claims: claims(["identity": nil])), "Missing claim: identity"),
        (token(claims: claims(["identity": #""1""#])), "Missing claim: identity"),
        (token(claims: claims(["identity": "1.5"])), "Missing claim: identity"),
    ]

    @Test(arguments: malformed.indices) func `what is no token of ours is 422`(_ index: Int) throws {
        let (token, message) = UserTokenTests.malformed[index]
        try expectRefusal("JWT \(token)", 422, message)
    }

    @Test(arguments: ["Bearer %", "jwt %", "%", "JWT", "JWT % %", "JWT%"])
    func `another scheme is 422`(_ form: String) throws {
        let token = UserTokenTests.token(claims: UserTokenTests.claims())
        try expectRefusal(
            form.replacing("%", with: token), 422, "Bad Authorization header. Expected value 'JWT <JWT>'")
    }

    @Test func `no changed byte of a token is accepted`() throws {
        let token = Array(UserTokenTests.token(claims: UserTokenTests.claims()).utf8)
        let alphabet = Array("ABCZabcz0189-_.=+/ ".utf8)
        for index in token.indices {
            for byte in alphabet where byte != token[index] {
                var changed = token
                changed[index] = byte
                #expect(try [401, 422].contains(reply("JWT \(String(decoding: changed, as: UTF8.self))").status))
            }
        }
        #expect(try reply("JWT \(String(decoding: token, as: UTF8.self))=").status == 422)
    }

    @Test func `the cookie is good for GET, and for nothing else`() throws {
        let cookie = ("HTTP_COOKIE", "a=b; access_token_cookie=\(bench.token(of: .owner)); c=d")
        let path = "/v1/events/6/stripe-authorization"
        #expect(try bench.ask("GET", path, as: nil, headers: [cookie]).status == 404)
        #expect(try bench.ask("HEAD", path, as: nil, headers: [cookie]).status == 404)
        #expect(try bench.ask("DELETE", path, as: nil, headers: [cookie]).status == 401)
        let post = try bench.ask(
            "POST", "/v1/stripe-authorizations", as: nil, StripeBench.body(), headers: [cookie])
        #expect(post.status == 401)
        #expect(bench.connect.codes.isEmpty)
    }

    @Test func `of two cookies of one name none is believed`() throws {
        let cookies = "access_token_cookie=\(bench.token(of: .owner)); access_token_cookie=\(bench.token(of: .admin))"
        let reply = try bench.ask(
            "GET", "/v1/events/6/stripe-authorization", as: nil, headers: [("HTTP_COOKIE", cookies)])
        #expect(reply.status == 401)
    }

    @Test(arguments: [
        ("POST", "/v1/stripe-authorizations"), ("GET", "/v1/stripe-authorizations/1"),
        ("PATCH", "/v1/stripe-authorizations/1"), ("DELETE", "/v1/stripe-authorizations/1"),
        ("GET", "/v1/events/1/stripe-authorization"), ("PATCH", "/v1/events/1/stripe-authorization"),
        ("DELETE", "/v1/events/1/stripe-authorization"), ("GET", "/v1/stripe-authorizations/1/event"),
        ("GET", "/v1/stripe-authorizations/1/relationships/event"),
        ("GET", "/v1/events/1/stripe-authorization/connect"), ("GET", "/v1/events/1/stripe-authorization/page"),
    ])
    func `authentication comes before everything else`(_ method: String, _ path: String) throws {
        // Each of these would be refused otherwise too: 415, 406, 400, 422.
        let reply = try bench.ask(
            method, "\(path)?include=foo", as: nil, method == "GET" ? nil : "{", contentType: "text/plain",
            headers: [("HTTP_ACCEPT", "application/json"), ("HTTP_IF_MATCH", "\"x\"")])
        #expect(reply.status == 401)
        #expect(reply.text.hasPrefix(#"{"error":"Missing JWT"#))
    }

    @Test(arguments: ["", "f", "fo", "foo", "foob", "fooba", "foobar", "\u{FB}\u{FF}"])
    func `base64url goes there and back`(_ text: String) {
        let bytes = Array(text.utf8)
        let encoded = Base64URL.encode(bytes)
        #expect(encoded == UserTokenTests.base64URL(Data(bytes)))
        #expect(Base64URL.decode(encoded.utf8) == bytes)
    }

    @Test(arguments: ["A", "AB", "ABC", "Zg==", "Zm9v\n", "Zm+v", "Zm/v", "Zm9vY"])
    func `base64url with stray bits, padding or strange characters is none`(_ text: String) {
        // "AB" would be one byte and four bits that are not zero.
        #expect(Base64URL.decode(text.utf8) == nil)
    }
}
