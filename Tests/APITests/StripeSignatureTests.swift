import Crypto
import Testing

@testable import API

/// The vectors and the verdicts of the contract's section 3.9; one verdict is stricter: the future counts too.
struct StripeSignatureTests {
    private static let event =
        #"{"id":"evt_test_1","object":"event","type":"account.application.deauthorized","#
        + #""account":"acct_1032D82eZvKYlo2C","livemode":false,"created":1700000000,"data":{"object":"#
        + #"{"id":"ca_FkyHCg7X8mlvCUdMDao4mMxagUfhIwXb","object":"application","name":"Open Event"}}}"#
    private static let code = "abf981f9dcd2a0c22f05b014862ca3cbdb78fb11ddcb2d29d08d3acba09976fd"
    private static let otherCode = "0fa0ff1f0d364bf83d3d733cbe328c91d9eb1b2405592b76c8e45cd0bd7d9de0"
    private static let time: Int64 = 1_700_000_000

    private static func accepts(
        _ header: String, body: String = event, secrets: [String] = ["whsec_test_secret"], now: Int64 = time
    ) -> Bool {
        guard let signature = StripeSignature(header), signature.isFresh(atMilliseconds: now * 1000) else {
            return false
        }
        return signature.isMade(with: secrets.map { HMACKey(Array($0.utf8)) }, over: Array(body.utf8))
    }

    struct Vector: Sendable {
        let body: String
        let time: Int64
        let code: String
        var secret = "whsec_test_secret"
    }

    private static let vectors = [
        Vector(body: event, time: time, code: code),
        Vector(body: event, time: time, code: otherCode, secret: "whsec_other"),
        Vector(
            body: "{\n  \"id\": \"evt_test_webhook\",\n  \"object\": \"event\"\n}", time: 1_492_774_577,
            code: "c2f890decbc5ede7c5060bb9a6d31e0626a4342bacb9aeae2adb1bcea72f9812"),
        Vector(
            body: #"{"name":"Zoë 🎟"}"#, time: time,
            code: "50d3bf06469d4444aa17b217f5baf1ec4cd8781e58b5d83ebfa318cec6319cff"),
    ]

    @Test(arguments: vectors)
    func `each vector is accepted, and with another secret it is not`(_ vector: Vector) {
        let header = "t=\(vector.time),v1=\(vector.code)"
        #expect(
            StripeSignatureTests.accepts(header, body: vector.body, secrets: [vector.secret], now: vector.time))
        #expect(
            !StripeSignatureTests.accepts(header, body: vector.body, secrets: ["whsec_wrong"], now: vector.time))
    }

    @Test func `the first vector's body has the length the contract gives`() {
        #expect(StripeSignatureTests.event.utf8.count == 256)
    }

    @Test(arguments: [
        "t=1700000000,v1=\(code)", "t=1700000000,v1=\(otherCode),v1=\(code)", "v1=\(code),t=1700000000",
        "t=1700000000,v1=\(code),v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39",
        "t=1700000000,v1=short,v1=\(code)", "t=1700000000,v9=new,v1=\(code)",
    ])
    func `a right code among others is enough`(_ header: String) {
        #expect(StripeSignatureTests.accepts(header))
    }

    @Test(arguments: [
        "", "t=1700000000", "t=1700000000,v0=\(code)", "v1=\(code)", "t=abc,v1=\(code)", "t=,v1=\(code)",
        "t=1700000000,v1=\(code.uppercased())", "t=1700000000, v1=\(code)", " t=1700000000,v1=\(code)",
        "t=1700000001,v1=\(code)", "t=01700000000,v1=\(code)", "t=+1700000000,v1=\(code)",
        "t=1700000000,t=1700000000,v1=\(code)", "t=1700000000,v1=\(code)0", "t=1700000000,v1=\(code.dropLast())",
        "t=1700000000,v1=\(otherCode)", "t=1700000000,v1", "t=1700000000,v1=\(code),",
        "t=99999999999999999999,v1=\(code)", "t=1700000000;v1=\(code)",
    ])
    func `a header that is not exactly right is refused`(_ header: String) {
        #expect(!StripeSignatureTests.accepts(header))
    }

    @Test func `a header longer than 4096 bytes is refused`() {
        let header = "t=1700000000,v1=\(StripeSignatureTests.code)"
        #expect(StripeSignatureTests.accepts(header + ",v0=" + String(repeating: "a", count: 3900)))
        #expect(!StripeSignatureTests.accepts(header + ",v0=" + String(repeating: "a", count: 4096)))
    }

    @Test(arguments: [event + "\n", " " + event, event.replacing(":", with: ": "), String(event.dropLast()), ""])
    func `a body changed by a byte is refused`(_ body: String) {
        #expect(!StripeSignatureTests.accepts("t=1700000000,v1=\(StripeSignatureTests.code)", body: body))
    }

    @Test(
        arguments: [
            (0, true), (299, true), (300, true), (301, false), (86_400, false), (-299, true), (-300, true),
            (-301, false),
            (-86_400, false),
        ] as [(Int64, Bool)])
    func `a time more than 300 seconds away is refused, in the future too`(_ age: Int64, _ isAccepted: Bool) {
        let header = "t=1700000000,v1=\(StripeSignatureTests.code)"
        #expect(StripeSignatureTests.accepts(header, now: StripeSignatureTests.time + age) == isAccepted)
    }

    @Test func `any of several secrets is enough, and none is not`() {
        let header = "t=1700000000,v1=\(StripeSignatureTests.code)"
        #expect(StripeSignatureTests.accepts(header, secrets: ["whsec_other", "whsec_test_secret"]))
        #expect(StripeSignatureTests.accepts(header, secrets: ["whsec_test_secret", "whsec_other"]))
        #expect(!StripeSignatureTests.accepts(header, secrets: ["test_secret"]))
        #expect(!StripeSignatureTests.accepts(header, secrets: []))
    }
}
