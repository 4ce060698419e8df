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

    @Test func `secrets never print`() {
        let secret = Secret(Array("very-secret".utf8))
        #expect("\(secret)" == "[redacted]")
        #expect(String(reflecting: secret) == "[redacted]")
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!dumped.contains("very") && !dumped.contains("118"))
    }
}
