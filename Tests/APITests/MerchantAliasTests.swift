import Payments
import Testing

@testable import API

@Suite struct MerchantAliasTests {
    private static let client: [String: String?] = [
        "HTTP_PUBLISHABLE_KEY": MerchantBench.publishableKey, "HTTP_PSP_TEST_MODE": "true",
    ]

    static func create(_ more: [String: String?] = [:]) -> MerchantCall {
        let own: [String: String?] = ["HTTP_PSP_TYPE": "BS_PAYONE", "HTTP_IDEMPOTENT_KEY": "alias-key-1"]
        let headers = client.merging(own) { $1 }.merging(more) { $1 }
        return MerchantCall(method: "POST", path: "/api/v1/alias", headers: headers, contentType: "", body: "")
    }

    static func exchange(_ id: String, _ body: String, _ more: [String: String?] = [:]) -> MerchantCall {
        MerchantCall(path: "/api/v1/alias/\(id)", headers: client.merging(more) { $1 }, body: body)
    }

    static func verify(_ id: String, _ body: String = "{}", _ more: [String: String?] = [:]) -> MerchantCall {
        MerchantCall(
            method: "POST", path: "/api/v1/alias/\(id)/verify", headers: client.merging(more) { $1 }, body: body)
    }

    static func delete(_ id: String, _ more: [String: String?] = [:]) -> MerchantCall {
        let headers: [String: String?] = ["HTTP_SECRET_KEY": MerchantBench.key]
        return MerchantCall(
            method: "DELETE", path: "/api/v1/alias/\(id)", headers: headers.merging(more) { $1 }, contentType: "",
            body: "")
    }

    /// What BS_PAYONE needs of a card.
    static let card = """
        {"pspAlias":"psp-ok","extra":{"paymentMethod":"CC","ccConfig":{"ccMask":"1111","ccExpiry":"12/30",\
        "ccType":"VISA","ccHolderName":"Ada Lovelace"},"personalData":{"firstName":"Ada","lastName":"Lovelace",\
        "country":"GB"}}}
        """

    @Test func `an alias is made, exchanged, verified, charged and deleted`() throws {
        let bench = try MerchantBench()
        let created = try bench.send(MerchantAliasTests.create())
        let id = try #require(created.member("aliasId"))
        #expect(created.status == 201)
        #expect(created.body == #"{"aliasId":"\#(id)","psp":{"type":"BS_PAYONE","mode":"test","portalId":"p-1"}}"#)
        #expect(id.utf8.count == 20)
        let charge = MerchantCall().with(body: MerchantCall.charge(alias: "\"\(id)\""))
        #expect(try bench.send(charge).member("error_code") == "3007")
        #expect(
            try bench.send(MerchantAliasTests.exchange(id, MerchantAliasTests.card)) == Answer(status: 200, body: "{}"))
        #expect(
            try bench.send(MerchantAliasTests.verify(id, #"{"md":"1","paRes":"2"}"#)) == Answer(status: 200, body: "{}")
        )
        #expect(try bench.send(charge).status == 201)
        #expect(try bench.send(MerchantAliasTests.delete(id)) == Answer(status: 204, body: ""))
        #expect(try bench.send(MerchantAliasTests.delete(id)).refusal == "400 3005 Alias ID cannot be found.")
    }

    @Test func `the same call again gets the same alias, and another one with its key is refused`() throws {
        let bench = try MerchantBench()
        let first = try bench.send(MerchantAliasTests.create())
        #expect(try bench.send(MerchantAliasTests.create()) == first)
        let live = MerchantAliasTests.create(["HTTP_PSP_TEST_MODE": "false"])
        #expect(try bench.send(live).member("error_code") == "3021")
    }

    @Test(arguments: [
        RefusedCall(
            "no publishable key", MerchantAliasTests.create(["HTTP_PUBLISHABLE_KEY": nil]),
            "400 2002 Missing request header 'Publishable-Key' for method parameter of type String"),
        RefusedCall(
            "no provider", MerchantAliasTests.create(["HTTP_PSP_TYPE": nil]),
            "400 2002 Missing request header 'PSP-Type' for method parameter of type String"),
        RefusedCall(
            "no idempotency key", MerchantAliasTests.create(["HTTP_IDEMPOTENT_KEY": nil]),
            "400 2002 Missing request header 'Idempotent-Key' for method parameter of type String"),
        RefusedCall(
            "a short idempotency key", MerchantAliasTests.create(["HTTP_IDEMPOTENT_KEY": "123456789"]),
            "400 2001 createAlias.idempotentKey: size must be between 10 and 40"),
        RefusedCall(
            "an unknown provider", MerchantAliasTests.create(["HTTP_PSP_TYPE": "PAYPAL"]),
            "400 2006 argumentName: 'PSP-Type', requiredType: 'PaymentServiceProvider' value: 'PAYPAL'"),
        RefusedCall(
            "an unknown mode", MerchantAliasTests.create(["HTTP_PSP_TEST_MODE": "2"]),
            "400 2006 argumentName: 'PSP-Test-Mode', requiredType: 'Boolean' value: '2'"),
        RefusedCall(
            "a secret key", MerchantAliasTests.create(["HTTP_PUBLISHABLE_KEY": MerchantBench.key]),
            "400 3000 Publishable Key cannot be found."),
        RefusedCall(
            "a provider that is not configured", MerchantAliasTests.create(["HTTP_PSP_TYPE": "ADYEN"]),
            "400 3003 PSP configuration for 'ADYEN' cannot be found from used merchant"),
        RefusedCall(
            "live money with the sandbox", MerchantAliasTests.create(["HTTP_PSP_TEST_MODE": nil]),
            "500 3004 PSP implementation 'BS_PAYONE' cannot be found"),
        RefusedCall(
            "a body without a media type",
            MerchantCall(
                path: "/api/v1/alias/x", headers: ["HTTP_PUBLISHABLE_KEY": MerchantBench.publishableKey],
                contentType: ""),
            "415 2000 Unsupported media type: 'null'"),
        RefusedCall(
            "an unknown alias", MerchantAliasTests.exchange("nobody's", MerchantAliasTests.card),
            "400 3005 Alias ID cannot be found."),
        RefusedCall(
            "a deleted alias", MerchantAliasTests.exchange("aliasInactive0000000", MerchantAliasTests.card),
            "400 3005 Alias ID cannot be found."),
        RefusedCall(
            "another merchant's alias", MerchantAliasTests.exchange("aliasAcme00000000000", MerchantAliasTests.card),
            "400 3006 Alias does not map to correct merchant."),
        RefusedCall(
            "another mode",
            MerchantAliasTests.exchange(
                "aliasPartial00000000", MerchantAliasTests.card, ["HTTP_PSP_TEST_MODE": "false"]),
            "400 3014 `PSP-Test-Mode` for this transaction is different than the mode for previous transaction."),
        RefusedCall(
            "no method", MerchantAliasTests.exchange("aliasPartial00000000", #"{"extra":{}}"#),
            "400 2003 extra.paymentMethod: must not be null"),
        RefusedCall(
            "an unknown method",
            MerchantAliasTests.exchange("aliasPartial00000000", #"{"extra":{"paymentMethod":"GOLD"}}"#),
            "400 2004 non readable message"),
        RefusedCall(
            "a method no provider takes",
            MerchantAliasTests.exchange("aliasPartial00000000", #"{"extra":{"paymentMethod":"KLARNA"}}"#),
            "400 3023 Required configurations for specified payment method are not complete"),
        RefusedCall(
            "an incomplete card",
            MerchantAliasTests.exchange(
                "aliasPartial00000000", #"{"pspAlias":"psp-ok","extra":{"paymentMethod":"CC"}}"#),
            "400 3023 Required configurations for specified payment method are not complete"),
        RefusedCall(
            "no provider alias",
            MerchantAliasTests.exchange(
                "aliasPartial00000000", MerchantAliasTests.card.replacing("\"pspAlias\":\"psp-ok\",", with: "")),
            "400 3024 PSP alias is required for this PSP"),
        RefusedCall(
            "a card mask that is a card number",
            MerchantAliasTests.exchange(
                "aliasPartial00000000", MerchantAliasTests.card.replacing("\"1111\"", with: "\"4111111111111111\"")),
            "400 2003 extra.ccConfig.ccMask: size must be between 0 and 4"),
        RefusedCall(
            "verifying another merchant's alias", MerchantAliasTests.verify("aliasAcme00000000000"),
            "400 3006 Alias does not map to correct merchant."),
        RefusedCall(
            "verifying with an object for a text", MerchantAliasTests.verify("aliasOk0000000000000", #"{"md":{}}"#),
            "400 2004 non readable message"),
        RefusedCall(
            "deleting without a key", MerchantAliasTests.delete("aliasOk0000000000000", ["HTTP_SECRET_KEY": nil]),
            "400 2002 Missing request header 'Secret-Key' for method parameter of type String"),
        RefusedCall(
            "deleting with an unknown key", MerchantAliasTests.delete("aliasOk0000000000000", ["HTTP_SECRET_KEY": "x"]),
            "400 3001 Secret Key cannot be found."),
        RefusedCall(
            "deleting another merchant's alias", MerchantAliasTests.delete("aliasAcme00000000000"),
            "400 3006 Alias does not map to correct merchant."),
        RefusedCall(
            "deleting in another mode",
            MerchantAliasTests.delete("aliasOk0000000000000", ["HTTP_PSP_TEST_MODE": "false"]),
            "400 3014 `PSP-Test-Mode` for this transaction is different than the mode for previous transaction."),
    ])
    func `a call about an alias is refused with the contract's number and words`(_ row: RefusedCall) throws {
        #expect(try MerchantBench().send(row.call).refusal == row.refusal)
    }

    @Test func `nothing of the customer is kept but what recognises the card`() throws {
        let bench = try MerchantBench()
        let id = "aliasPartial00000000"
        _ = try bench.send(MerchantAliasTests.exchange(id, MerchantAliasTests.card))
        let stored = try bench.repository.transaction { transaction throws(PaymentError) in
            try transaction.get(Alias.self, Alias.key(AliasID(id)))
        }.result
        let text = String(decoding: try #require(stored).encoded, as: UTF8.self)
        #expect(!text.contains("Lovelace"))
        #expect(text.contains("1111"))
    }
}
