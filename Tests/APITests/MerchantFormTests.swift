import Payments
import Testing

@testable import API

/// A call that is refused, and the whole answer to it.
struct RefusedCall: Sendable, CustomTestStringConvertible {
    let name: String
    let call: MerchantCall
    let refusal: String

    init(_ name: String, _ call: MerchantCall, _ refusal: String) {
        self.name = name
        self.call = call
        self.refusal = refusal
    }

    var testDescription: String { name }
}

@Suite struct MerchantFormTests {
    static let unreadable = "400 2004 non readable message"

    private static func field(_ body: String) -> MerchantCall { MerchantCall().with(body: body) }

    private static let long = "\"" + String(repeating: "x", count: 256) + "\""

    static let headers: [RefusedCall] = [
        .init(
            "another method", MerchantCall(method: "POST"),
            "405 2000 Used method: ['POST'] Supported methods: '[PUT]'"),
        .init(
            "another media type", MerchantCall(contentType: "text/plain"),
            "415 2000 Unsupported media type: 'text/plain'"),
        .init("no media type", MerchantCall(contentType: ""), "415 2000 Unsupported media type: 'null'"),
        .init(
            "no secret key", MerchantCall().with("HTTP_SECRET_KEY", nil),
            "400 2002 Missing request header 'Secret-Key' for method parameter of type String"),
        .init(
            "no idempotency key", MerchantCall().with("HTTP_IDEMPOTENT_KEY", nil),
            "400 2002 Missing request header 'Idempotent-Key' for method parameter of type String"),
        .init(
            "neither key", MerchantCall().with("HTTP_IDEMPOTENT_KEY", nil).with("HTTP_SECRET_KEY", nil),
            "400 2002 Missing request header 'Secret-Key' for method parameter of type String"),
        .init(
            "an unknown word for the mode", MerchantCall().with("HTTP_PSP_TEST_MODE", "maybe"),
            "400 2006 argumentName: 'PSP-Test-Mode', requiredType: 'Boolean' value: 'maybe'"),
        .init(
            "a short idempotency key", MerchantCall().with(key: "123456789"),
            "400 2001 authorizeTransaction.idempotentKey: size must be between 10 and 40"),
        .init(
            "a long idempotency key", MerchantCall().with(key: String(repeating: "k", count: 41)),
            "400 2001 authorizeTransaction.idempotentKey: size must be between 10 and 40"),
        .init(
            "an empty idempotency key", MerchantCall().with(key: ""),
            "400 2001 authorizeTransaction.idempotentKey: size must be between 10 and 40"),
        .init(
            "a short key of a hold", MerchantCall(path: "/api/v1/preauthorization").with(key: "short"),
            "400 2001 preauthorizeTransaction.idempotentKey: size must be between 10 and 40"),
        .init(
            "an empty secret key", MerchantCall().with("HTTP_SECRET_KEY", ""),
            "400 3010 Given merchant API key id cannot be found."),
        .init(
            "an unknown secret key", MerchantCall().with("HTTP_SECRET_KEY", "mobilab-SecretKeyA0000000001"),
            "400 3010 Given merchant API key id cannot be found."),
        .init(
            "an inactive secret key", MerchantCall().with("HTTP_SECRET_KEY", MerchantBench.inactiveKey),
            "400 3010 Given merchant API key id cannot be found."),
        .init(
            "a publishable key", MerchantCall().with("HTTP_SECRET_KEY", MerchantBench.publishableKey),
            "400 3010 Given merchant API key id cannot be found."),
        .init(
            "an invalid body before an unknown key", field("{}").with("HTTP_SECRET_KEY", "nobody's"),
            "400 2003 aliasId: must not be null, paymentData: must not be null"),
    ]

    static let bodies: [RefusedCall] = [
        .init("no body", field(""), unreadable),
        .init("broken JSON", field("{\"aliasId\""), unreadable),
        .init("an array", field("[]"), unreadable),
        .init("a doubled member", field(#"{"aliasId":"a","aliasId":"b"}"#), unreadable),
        .init("an alias that is an object", field(MerchantCall.charge(alias: "{}")), unreadable),
        .init("an alias that is an array", field(MerchantCall.charge(alias: "[\"a\"]")), unreadable),
        .init("payment data that is a text", field(#"{"aliasId":"a","paymentData":"300 EUR"}"#), unreadable),
        .init("an amount over 32 bits", field(MerchantCall.charge(amount: "3000000000")), unreadable),
        .init("an amount over 64 bits", field(MerchantCall.charge(amount: "99999999999999999999")), unreadable),
        .init("an amount under 32 bits", field(MerchantCall.charge(amount: "-2147483649")), unreadable),
        .init("a fraction", field(MerchantCall.charge(amount: "20.9")), unreadable),
        .init("a whole fraction", field(MerchantCall.charge(amount: "20.0")), unreadable),
        .init("an exponent", field(MerchantCall.charge(amount: "2e1")), unreadable),
        .init("an amount in words", field(MerchantCall.charge(amount: "\"abc\"")), unreadable),
        .init("a fraction in quotes", field(MerchantCall.charge(amount: "\"20.9\"")), unreadable),
        .init("a sign in quotes", field(MerchantCall.charge(amount: "\"+20\"")), unreadable),
        .init("a boolean amount", field(MerchantCall.charge(amount: "true")), unreadable),
        .init("an amount that is an object", field(MerchantCall.charge(amount: "{}")), unreadable),
        .init("U+0000 in the reason", field(MerchantCall.charge(reason: #""a\u0000b""#)), unreadable),
        .init(
            "no alias", field(MerchantCall.charge(alias: "null")), "400 2003 aliasId: must not be null"),
        .init(
            "no payment data", field(#"{"aliasId":"a"}"#), "400 2003 paymentData: must not be null"),
        .init(
            "no amount", field(MerchantCall.charge(amount: "null")), "400 2003 paymentData.amount: must not be null"),
        .init(
            "an empty amount", field(MerchantCall.charge(amount: "\"\"")),
            "400 2003 paymentData.amount: must not be null"),
        .init(
            "an amount of 0", field(MerchantCall.charge(amount: "0")),
            "400 2003 paymentData.amount: must be greater than 0"),
        .init(
            "a negative amount", field(MerchantCall.charge(amount: "-1")),
            "400 2003 paymentData.amount: must be greater than 0"),
        .init(
            "no currency", field(MerchantCall.charge(currency: "null")),
            "400 2003 paymentData.currency: must not be null"),
        .init(
            "a short currency", field(MerchantCall.charge(currency: "\"EU\"")),
            "400 2003 paymentData.currency: size must be between 3 and 3"),
        .init(
            "a long currency", field(MerchantCall.charge(currency: "\"EURO\"")),
            "400 2003 paymentData.currency: size must be between 3 and 3"),
        .init(
            "no reason", field(MerchantCall.charge(reason: "null")), "400 2003 paymentData.reason: must not be null"),
        .init(
            "a long reason", field(MerchantCall.charge(reason: long)),
            "400 2003 paymentData.reason: size must be between 0 and 255"),
        .init(
            "a long purchase", field(MerchantCall.charge(more: ",\"purchaseId\":\(long)")),
            "400 2003 purchaseId: size must be between 0 and 255"),
        .init(
            "a long customer", field(MerchantCall.charge(more: ",\"customerId\":\(long)")),
            "400 2003 customerId: size must be between 0 and 255"),
        .init(
            "everything at once", field(#"{"paymentData":{}}"#),
            "400 2003 aliasId: must not be null, paymentData.amount: must not be null, "
                + "paymentData.currency: must not be null, paymentData.reason: must not be null"),
    ]

    @Test(arguments: headers + bodies)
    func `a request of a wrong form is refused with the contract's number and words`(_ row: RefusedCall) throws {
        let bench = try MerchantBench()
        #expect(try bench.send(row.call).refusal == row.refusal)
        #expect(try bench.calls() == SandboxCalls(), "the provider was called")
    }

    @Test(arguments: [
        ("2002", MerchantCall().with("HTTP_SECRET_KEY", nil), "missing_request_header"),
        ("2006", MerchantCall().with("HTTP_PSP_TEST_MODE", "maybe"), "argument_type_mismatch"),
        ("2003", MerchantCall().with(body: "{}"), "argument_not_valid"),
        ("2004", MerchantCall().with(body: "x"), "message_not_readable"),
        ("2001", MerchantCall().with(key: "x"), "constraint_validation_failed"),
    ])
    func `a fault of the form has a name beside its number`(_ code: String, _ call: MerchantCall, _ name: String) throws
    {
        let answer = try MerchantBench().send(call)
        #expect(answer.member("error_code") == code)
        #expect(answer.member("error") == name)
    }

    @Test func `a fault of the meaning has none`() throws {
        let answer = try MerchantBench().send(MerchantCall().with("HTTP_SECRET_KEY", "x"))
        #expect(answer.member("error") == nil)
    }

    @Test(arguments: [
        MerchantCall.charge(amount: "\"300\""), MerchantCall.charge(more: ",\"unknown\":[1]"),
        MerchantCall.charge(reason: "\"\""), MerchantCall.charge(reason: "12"), MerchantCall.charge(reason: "true"),
        MerchantCall.charge(more: ",\"purchaseId\":null,\"customerId\":7"),
        MerchantCall.charge(reason: "\"" + String(repeating: "x", count: 255) + "\""),
        MerchantCall.charge(amount: "2147483647"), MerchantCall.charge(amount: "1"),
        MerchantCall.charge(currency: "\"eur\""), MerchantCall.charge(currency: "\"123\""),
    ])
    func `what the original reads leniently is read`(_ body: String) throws {
        let answer = try MerchantBench().send(MerchantCall().with(body: body))
        #expect(answer.status == 201, "\(answer)")
    }

    @Test(arguments: ["application/json", "application/json;charset=UTF-8", "Application/JSON ; charset=utf-8"])
    func `JSON is JSON with or without a charset`(_ type: String) throws {
        var call = MerchantCall()
        call.contentType = type
        #expect(try MerchantBench().send(call).status == 201)
    }

    @Test(
        arguments: [
            ("true", 201), ("TRUE", 201), ("on", 201), ("yes", 201), ("1", 201), (" True ", 201), ("false", 400),
            ("off", 400), ("No", 400), ("0", 400), ("", 400), (nil, 400),
        ] as [(String?, Int)])
    func `the mode has several words, and is live without one`(_ word: String?, _ status: Int) throws {
        let answer = try MerchantBench().send(MerchantCall().with("HTTP_PSP_TEST_MODE", word))
        #expect(answer.status == status)
        if status == 400 { #expect(answer.member("error_code") == "3014") }
    }

    @Test(arguments: [10, 40])
    func `a key of the shortest and of the longest size is taken`(_ length: Int) throws {
        #expect(try MerchantBench().send(MerchantCall().with(key: String(repeating: "k", count: length))).status == 201)
    }

    @Test(arguments: [
        RefusedCall(
            "a reversal without a reason",
            MerchantCall(path: "/api/v1/preauthorization/x/reverse").with(body: "{}"),
            "400 2003 reason: must not be null"),
        RefusedCall(
            "a reversal without a body", MerchantCall(path: "/api/v1/preauthorization/x/reverse").with(body: ""),
            MerchantFormTests.unreadable),
        RefusedCall(
            "a refund of nothing",
            MerchantCall(path: "/api/v1/authorization/x/refund").with(
                body: #"{"amount":0,"currency":"EURO","reason":null}"#),
            "400 2003 amount: must be greater than 0, currency: size must be between 3 and 3, "
                + "reason: must not be null"),
        RefusedCall(
            "a refund without a key",
            MerchantCall(path: "/api/v1/authorization/x/refund").with("HTTP_IDEMPOTENT_KEY", nil),
            "400 2002 Missing request header 'Idempotent-Key' for method parameter of type String"),
        RefusedCall(
            "a refund with a short key",
            MerchantCall(path: "/api/v1/authorization/x/refund").with(key: "short").with(
                body: #"{"amount":1,"currency":"EUR","reason":""}"#),
            "400 2001 refundTransaction.idempotentKey: size must be between 10 and 40"),
        RefusedCall(
            "a capture without a key",
            MerchantCall(path: "/api/v1/preauthorization/x/capture").with("HTTP_SECRET_KEY", nil),
            "400 2002 Missing request header 'Secret-Key' for method parameter of type String"),
    ])
    func `follow-up calls of a wrong form are refused too`(_ row: RefusedCall) throws {
        #expect(try MerchantBench().send(row.call).refusal == row.refusal)
    }
}
