import FastCGI
import Payments
import Testing

@testable import API

@Suite struct AuthenticationTests {
    private let body = Array(Sample.cancel.utf8)
    private let path = "/api/v1/purchase/cancel"
    private let refusal = Answer(status: 401, body: #"{"code":16,"message":"Unauthorized","details":[]}"#)

    private func answer(_ bench: Bench, _ headers: [(String, String)], _ body: [UInt8]? = nil) throws -> Answer {
        bench.send(try .make(path, body ?? self.body, headers: headers))
    }

    @Test func `no signature, or an empty one, is refused`() throws {
        #expect(try answer(Bench(), []) == refusal)
        #expect(try answer(Bench(), [("HTTP_X_STASH_HMAC_SIGNATURE", "")]) == refusal)
    }

    @Test func `every flipped bit of the header is refused`() throws {
        let bench = Bench()
        let header = Array(Signer.v1(body).utf8)
        for index in header.indices {
            for bit in 0..<7 {  // With the highest bit it would be no ASCII, which the server refuses before.
                var changed = header
                changed[index] ^= 1 << bit
                // No control characters and no comma: the server refuses those before.
                guard (0x20...0x7E).contains(changed[index]), changed[index] != 0x2C else { continue }
                let text = String(decoding: changed, as: UTF8.self)
                #expect(try answer(bench, [("HTTP_X_STASH_HMAC_SIGNATURE", text)]) == refusal, "\(text)")
            }
        }
    }

    @Test(arguments: [true, false]) func `every flipped bit of the body is refused`(legacy: Bool) throws {
        let bench = Bench()
        let headers =
            legacy
            ? [("HTTP_STASH_HMAC_SIGNATURE", Signer.legacy(body))] : [("HTTP_X_STASH_HMAC_SIGNATURE", Signer.v1(body))]
        #expect(try answer(bench, headers).status == 200)
        for index in body.indices {
            for bit in 0..<8 {
                var changed = body
                changed[index] ^= 1 << bit
                #expect(try answer(bench, headers, changed) == refusal)
            }
            #expect(try answer(bench, headers, Array(body[..<index])) == refusal)
            #expect(try answer(bench, headers, body[...index] + [0x30] + body[(index + 1)...]) == refusal)
        }
    }

    @Test func `a right legacy signature does not rescue a wrong v1 one`() throws {
        let headers = [
            ("HTTP_X_STASH_HMAC_SIGNATURE", Signer.v1(body, at: Sample.now - 300_001)),
            ("HTTP_STASH_HMAC_SIGNATURE", Signer.legacy(body)),
        ]
        #expect(try answer(Bench(), headers) == refusal)
    }

    @Test func `a shop can switch the legacy signature off`() throws {
        let headers = [("HTTP_STASH_HMAC_SIGNATURE", Signer.legacy(body))]
        #expect(try answer(Bench(), headers).status == 200)
        #expect(try answer(Bench(acceptsLegacySignature: false), headers) == refusal)
    }

    @Test func `several keys of a shop are good at once, and another shop's is not`() throws {
        let names = ["spring", "summer"]
        let keys = names.map { EgressKey(name: $0, secret: Secret(Array("\($0)-secret".utf8)), reading: .utf8) }
        let shop = Shop(id: ShopID(Sample.shop), environment: .test)
        let other = Shop(id: ShopID("other-shop"), environment: .test)
        let foreign = EgressKey(name: "foreign", secret: Secret(Array("foreign-secret".utf8)), reading: .utf8)
        let bench = Bench(shops: [
            ShopKeys(shop: shop, purchaseKeys: [], egressKeys: keys),
            ShopKeys(shop: other, purchaseKeys: [], egressKeys: [foreign]),
        ])
        for name in names {
            let header = Signer.v1(body, secret: Array("\(name)-secret".utf8))
            #expect(try answer(bench, [("HTTP_X_STASH_HMAC_SIGNATURE", header)]).status == 200)
        }
        let header = Signer.v1(body, secret: Array("foreign-secret".utf8))
        #expect(try answer(bench, [("HTTP_X_STASH_HMAC_SIGNATURE", header)]) == refusal)
    }

    @Test(arguments: ["", "cad", "cad11", "Cad1", "cad1 ", "cad1cad1"])
    func `a wrong API key is refused as the guide's program does`(key: String) throws {
        #expect(try Bench().purchase(Sample.guide, key: key) == Answer(status: 401, body: #"{"error":"Unauthorized"}"#))
    }

    @Test func `a missing API key is refused before the body is read`() throws {
        #expect(try Bench().purchase("{", key: nil) == Answer(status: 401, body: #"{"error":"Unauthorized"}"#))
    }

    @Test(arguments: [
        ("HTTP_X_STASH_HMAC_SIGNATURE", "v1;x", "malformed v1 signature"),
        ("HTTP_X_STASH_HMAC_SIGNATURE", Signer.v1([], at: Sample.now - 300_001), "v1 timestamp outside 5 minutes"),
        ("HTTP_X_STASH_HMAC_SIGNATURE", Signer.v1([]), "signature matches no key"),
        ("HTTP_STASH_HMAC_SIGNATURE", "x", "malformed legacy signature"),
        ("HTTP_OTHER", "x", "no signature"),
    ])
    func `a refused signature's line says why and names no key`(header: String, value: String, reason: String) throws {
        let request = try Request.make(path, body, headers: [(header, value)])
        #expect(note(Bench().router.handle(request)) == ResponseNote(route: path, reason: reason))
    }

    @Test(arguments: [("HTTP_X_API_KEY", "unknown API key"), ("HTTP_OTHER", "no API key")])
    func `a refused API key's line says why and holds nothing of the key`(header: String, reason: String) throws {
        let request = try Request.make("/purchase/p", headers: [(header, "wrong")])
        let expected = ResponseNote(route: "/purchase/{player_id}", reason: reason)
        #expect(note(Bench().router.handle(request)) == expected)
    }

    @Test func `an accepted caller's line names the key and how it was used`() throws {
        for (header, value, scheme) in [
            ("HTTP_X_STASH_HMAC_SIGNATURE", Signer.v1(body), "v1"),
            ("HTTP_STASH_HMAC_SIGNATURE", Signer.legacy(body), "legacy"),
        ] {
            let found = note(Bench().router.handle(try .make(path, body, headers: [(header, value)])))
            #expect(found?.keyName == "studio-1")
            #expect(found?.scheme == scheme)
            #expect(found?.reason == nil)
        }
    }

    private func note(_ outcome: Outcome) -> ResponseNote? {
        guard case .response(let response) = outcome else { return nil }
        return response.note
    }

    @Test func `secrets never print`() {
        let secret = Secret(Array("very-secret".utf8))
        #expect("\(secret)" == "[redacted]")
        #expect(String(reflecting: secret) == "[redacted]")
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!dumped.contains("very") && !dumped.contains("118"))
    }
}
