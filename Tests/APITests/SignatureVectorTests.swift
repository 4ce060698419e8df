import FastCGI
import Foundation
import JSON
import Payments
import Testing

@testable import API

/// The vectors of the contract, each through the router: 401 means refused, anything else means verified.
@Suite(.enabled(if: Contracts.folder != nil, "the contracts are not beside this checkout"))
struct SignatureVectorTests {
    private let path = "/api/v1/purchase/cancel"

    private func bench(_ secret: String, _ reading: KeyReading = .auto, now: Int64 = Sample.now) -> Bench {
        let key = EgressKey(name: "vector", secret: Secret(Array(secret.utf8)), reading: reading)
        let shop = Shop(id: ShopID(Sample.shop), environment: .test)
        return Bench(shops: [ShopKeys(shop: shop, purchaseKeys: [], egressKeys: [key])], now: now)
    }

    private func accepts(_ bench: Bench, _ body: String, v1: String? = nil, legacy: String? = nil) throws -> Bool {
        var headers: [(String, String)] = []
        if let v1 { headers.append(("HTTP_X_STASH_HMAC_SIGNATURE", v1)) }
        if let legacy { headers.append(("HTTP_STASH_HMAC_SIGNATURE", legacy)) }
        return bench.send(try .make(path, Array(body.utf8), headers: headers)).status != 401
    }

    private func text(_ value: JSONValue, _ name: String) throws -> String {
        try #require(value.member(named: name)?.string)
    }

    @Test func `all 45 sets are accepted in base64, and in no other encoding`() throws {
        var count = 0
        for vector in try #require(try Contracts.json("hmac-vectors.json")["vectors"]).elements {
            count += 1
            let (secret, body) = (try text(vector, "secret"), try text(vector, "body_utf8"))
            let reading = try #require(KeyReading(rawValue: try text(vector, "key_interpretation")))
            let v1 = try text(vector, "v1_header")
            let legacy = try #require(vector["legacy"])
            for bench in [bench(secret, reading), bench(secret)] {
                #expect(try accepts(bench, body, v1: v1))
                #expect(try accepts(bench, body, legacy: try text(legacy, "base64")))
                #expect(try !accepts(bench, body, legacy: try text(legacy, "hex")))
                #expect(try !accepts(bench, body, legacy: try text(legacy, "base64url")))
            }
            for other in [KeyReading.utf8, .base64, .base64url] where other != reading {
                let sameBytes =
                    other.keys(of: Array(secret.utf8)).first?.bytes == reading.keys(of: Array(secret.utf8)).first?.bytes
                #expect(try accepts(bench(secret, other), body, v1: v1) == sameBytes)
            }
        }
        #expect(count == 45)
    }

    @Test func `a body signed compact and sent with spaces is accepted, and one signed as sent`() throws {
        var count = 0
        for vector in try #require(try Contracts.json("hmac-vectors.json")["whitespace_variants"]).elements {
            count += 1
            let (bench, wire) = (bench(try text(vector, "secret")), try text(vector, "wire_body"))
            #expect(try accepts(bench, wire, v1: try text(vector, "v1_header_signed_over_compact")))
            #expect(try accepts(bench, wire, v1: try text(vector, "v1_header_signed_over_wire")))
            #expect(try accepts(bench, wire, legacy: try text(vector, "legacy_over_compact")))
            #expect(try accepts(bench, wire, legacy: try text(vector, "legacy_over_wire")))
        }
        #expect(count == 4)
    }

    @Test(arguments: [("negative_v1", false, 15), ("edge_accept_v1", true, 3)])
    func `headers are refused and accepted at the edges as listed`(name: String, accepted: Bool, total: Int) throws {
        let group = try #require(try Contracts.json("hmac-vectors.json").member(named: name))
        let body = try text(group, "body_utf8")
        var count = 0
        for one in try #require(group["cases"]).elements {
            count += 1
            let now = try #require(one["now_ms"]?.integer)
            let why = try text(one, "why")
            let bench = bench(try text(group, "secret"), now: now)
            #expect(try accepts(bench, body, v1: try text(one, "header")) == accepted, "\(why)")
            // A wrong v1 header is not rescued by a right legacy one.
            let legacy = Signer.legacy(Array(body.utf8))
            #expect(try accepts(bench, body, v1: try text(one, "header"), legacy: legacy) == accepted, "\(why)")
        }
        #expect(count == total)
    }
}
