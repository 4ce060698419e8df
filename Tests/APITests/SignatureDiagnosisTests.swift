import Crypto
import Foundation
import Payments
import Testing

@testable import API

@Suite struct `Why a signature is not accepted` {
    private static let body = #"{"a":"x/y","list":[1,{}],"name":"é"}"#
    private static let other = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

    private static func shops(legacy: Bool = true, reading: KeyReading = .utf8) -> [ShopKeys] {
        let shop = Shop(id: ShopID(Sample.shop), environment: .test)
        let second = Shop(id: ShopID("second"), environment: .production)
        return [
            ShopKeys(
                shop: shop, purchaseKeys: [PurchaseAPIKey(name: "guide", secret: Secret(Array("cad1".utf8)))],
                egressKeys: [EgressKey(name: "studio-1", secret: Secret(Array(Sample.secret.utf8)), reading: reading)],
                acceptsLegacySignature: legacy),
            ShopKeys(
                shop: second, purchaseKeys: [],
                egressKeys: [EgressKey(name: "studio-2", secret: Secret(Array(other.utf8)), reading: .utf8)]),
        ]
    }

    private func diagnose(
        v1: String? = nil, legacy: String? = nil, body: String = Self.body, shops: [ShopKeys] = Self.shops(),
        now: Int64 = Sample.now
    ) -> SignatureDiagnosis {
        SignatureDiagnosis(
            v1: v1, legacy: legacy, body: Array(body.utf8), isPasted: true,
            candidates: SignatureCandidate.all(of: shops), now: now)
    }

    private static func code(_ message: String, _ key: [UInt8] = Array(Sample.secret.utf8)) -> Data {
        Data(HMAC<SHA256>.authenticationCode(for: Array(message.utf8), using: SymmetricKey(data: key)))
    }

    private static func header(_ message: String, _ key: [UInt8] = Array(Sample.secret.utf8)) -> String {
        "v1;\(Sample.shop);\(Sample.now);\(code(message, key).base64EncodedString())"
    }

    private static let signed = "\(Sample.now).\(body)"

    @Test(arguments: ["", "\n", "\r\n"])
    func `a right signature is accepted, with or without the editor's line end`(end: String) {
        let diagnosis = diagnose(v1: Self.header(Self.signed), body: Self.body + end)
        #expect(diagnosis.isAccepted)
        #expect(diagnosis.match?.keyName == "studio-1" && diagnosis.match?.reading == "utf8")
        #expect(diagnosis.timestamp == Sample.now && diagnosis.namedShop == Sample.shop)
        #expect(diagnose(legacy: Self.code(Self.body).base64EncodedString()).isAccepted)
    }

    @Test func `what the service puts up with is a note`() {
        let diagnosis = diagnose(v1: Self.header(Self.signed), body: Self.body.replacing(",", with: " ,\n"))
        #expect(diagnosis.isAccepted)
        #expect(diagnosis.match?.notes.first?.contains("without the spaces") == true)
    }

    /// Each with what its first cause must say.
    private static let faults: [(v1: String?, legacy: String?, body: String, says: String)] = [
        (
            header(signed, Array(Data(base64Encoded: urlDecodable(Sample.secret)) ?? Data())), nil, body,
            "read as base64url"
        ),
        (header(signed, Array("cad1".utf8)), nil, body, "purchase key"),
        (header(signed, Array((Sample.secret + "\n").utf8)), nil, body, "line end of its file"),
        (header(signed, Array(other.utf8)), nil, body, "names the shop \(Sample.shop)"),
        (header(body), nil, body, "over the body alone"),
        (nil, code(signed).base64EncodedString(), body, "matches no key"),
        (header("\(Sample.now)\(body)"), nil, body, "The dot"),
        (header("\(Sample.now / 1000).\(body)"), nil, body, "in seconds"),
        (header(signed.replacing(",", with: ", ").replacing(":", with: ": ")), nil, body, "json.dumps"),
        (header("\(Sample.now).\(pretty)"), nil, body, "indented by two spaces"),
        (header(signed.replacing("/", with: "\\/")), nil, body, "slashes written"),
        (header(signed.replacing("é", with: "\\u00e9")), nil, body, "\\u escapes"),
        (header(signed + "\n"), nil, body, "with a line end after it"),
        (hexadecimal(header: signed), nil, body, "in hexadecimal"),
        (nil, header(signed), body, "belongs into x-stash-hmac-signature"),
        (code(body).base64EncodedString(), nil, body, "belongs into stash-hmac-signature"),
        (header("another"), code(body).base64EncodedString(), body, "Only the older signature is right"),
    ]

    private static let pretty =
        "{\n  \"a\": \"x/y\",\n  \"list\": [\n    1,\n    {}\n  ],\n  \"name\": \"é\"\n}"

    private static func urlDecodable(_ secret: String) -> String {
        secret.replacing("-", with: "+").replacing("_", with: "/")
    }

    private static func hexadecimal(header message: String) -> String {
        let hex = code(message).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        return "v1;\(Sample.shop);\(Sample.now);\(hex)"
    }

    @Test(arguments: faults.indices)
    func `the likeliest cause is named`(index: Int) throws {
        let fault = Self.faults[index]
        let diagnosis = diagnose(v1: fault.v1, legacy: fault.legacy, body: fault.body)
        #expect(!diagnosis.isAccepted)
        guard fault.says != "matches no key" else { return #expect(diagnosis.match == nil) }
        let match = try #require(diagnosis.match)
        #expect(match.causes.count == 1, "\(match.causes)")
        #expect(match.causes.first?.contains(fault.says) == true, "\(match.causes)")
    }

    @Test(arguments: [(300_000, true), (300_001, false), (-300_000, true), (-300_001, false)])
    func `the clock is the cause beyond five minutes`(skew: Int64, isAccepted: Bool) {
        let diagnosis = diagnose(v1: Self.header(Self.signed), now: Sample.now + skew)
        #expect(diagnosis.isAccepted == isAccepted)
        if !isAccepted { #expect(diagnosis.match?.causes.first?.contains("5 minutes") == true) }
    }

    @Test func `a shop that takes no older signatures is named`() {
        let diagnosis = diagnose(legacy: Self.code(Self.body).base64EncodedString(), shops: Self.shops(legacy: false))
        #expect(diagnosis.match?.causes.first?.contains("legacySignature") == true)
    }

    @Test func `several differences at once are found, and all said`() {
        let key = Array((Sample.secret + "\n").utf8)
        let header = Self.header(Self.signed.replacing(":", with: ": "), key)
        let diagnosis = diagnose(v1: header, now: Sample.now + 3_600_000)
        #expect(diagnosis.match?.causes.count == 3)
    }

    @Test(arguments: ["", "v1", ";;;", "v1;;;", "é", String(repeating: ";", count: 500), "v1;a;99999999999999999999;"])
    func `nonsense is no match and no crash`(header: String) {
        for body in ["", "{", "\"\\", "]]]}}}", "{\"a\":"] {
            #expect(diagnose(v1: header, legacy: header, body: body).match == nil)
        }
    }

    @Test(arguments: [
        (KeyValidity(from: Sample.now + 1, until: nil), "not valid yet"),
        (.init(from: nil, until: Sample.now), "expired"),
    ])
    func `a key out of its time is named`(validity: KeyValidity, says: String) {
        let key = EgressKey(name: "old", secret: Secret(Array(Sample.secret.utf8)), reading: .utf8, validity: validity)
        let shop = Shop(id: ShopID(Sample.shop), environment: .test)
        let shops = [ShopKeys(shop: shop, purchaseKeys: [], egressKeys: [key])]
        let diagnosis = diagnose(v1: Self.header(Self.signed), shops: shops)
        #expect(!diagnosis.isAccepted && diagnosis.match?.causes.count == 1)
        #expect(diagnosis.match?.causes.first?.contains(says) == true)
    }

    @Test func `a key beside the configured ones is tried in its own reading`() {
        let candidate = SignatureCandidate(name: "new", secret: Secret(Array(Self.other.utf8)), reading: .base64)
        let decoded = Array(Data(base64Encoded: Self.other) ?? Data())
        for (key, isAccepted) in [(decoded, true), (Array(Self.other.utf8), false)] {
            let diagnosis = SignatureDiagnosis(
                v1: Self.header(Self.signed, key), legacy: nil, body: Array(Self.body.utf8), isPasted: false,
                candidates: [candidate], now: Sample.now)
            #expect(diagnosis.isAccepted == isAccepted)
            #expect(diagnosis.match?.keyName == "new")
        }
    }
}
