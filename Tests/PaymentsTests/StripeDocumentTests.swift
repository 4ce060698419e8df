import JSON
import Testing

@testable import Payments

@Suite struct StripeDocumentTests {
    private static let sealed = SealedSecret(key: "2025:a", bytes: [0, 1, 0x9A, 0xFF])

    private static var authorization: StripeAuthorization {
        StripeAuthorization(
            number: StripeAuthorizationID(7), event: EventID(1), isLive: true, state: .present,
            credentials: StripeAuthorization.Credentials(
                account: "d1", scope: "read_write", publishableKey: "pk", accessToken: sealed, refreshToken: sealed),
            connectedBy: UserID(2), history: StripeAuthorization.History(created: 1, connected: 2, ended: 3))
    }

    private static var code: StripeCode {
        var code = StripeCode(
            digest: "d", event: EventID(1), user: UserID(2), state: .started, attempt: "a", started: 1)
        code.refuse("no: ac_1", code: "ac_1", now: 2)
        return code
    }

    private static var account: StripeAccount {
        StripeAccount(
            digest: "d", isLive: false, sealedID: sealed, authorizations: [StripeAuthorizationID(7)],
            deauthorization: StripeAccount.Deauthorization(
                authorization: StripeAuthorizationID(7), event: EventID(1), since: 5, failures: 2),
            deauthorized: 9)
    }

    private static var documents: [any Document] {
        [
            authorization, Shelf(for: "deadbeef", [code]), account,
            StripeEventLink(
                event: EventID(1), isLive: false, authorization: StripeAuthorizationID(7), exchange: "d"),
            Shelf(
                for: "0123",
                [
                    StripeConnectState(
                        digest: "0123", event: EventID(1), user: UserID(2), isLive: false, expires: 9, consumed: 8)
                ]),
            Shelf(for: "abcd", [StripeWebhookRecord(digest: "abcd", event: "evt_1", received: 1)]),
            StripeLedger(lastAuthorization: 7, exchanges: ["d"], deauthorizations: ["e", "f"]),
        ]
    }

    private func reread<D: Document>(_ document: D, _ bytes: [UInt8]) throws -> D { try D.decode(bytes) }

    @Test(arguments: 0..<7)
    func `a document is read as it was written, and keeps what a newer version wrote`(index: Int) throws {
        let document = Self.documents[index]
        #expect(try reread(document, document.encoded).encoded == document.encoded)
        #expect(try reread(document, document.encoded).key == document.key)
        let newer = document.encoded.dropLast() + Array(#","new":{"a":[1]}}"#.utf8)
        #expect(try reread(document, Array(newer)).encoded == Array(newer))
    }

    @Test(arguments: 0..<7)
    func `a document without a member it must have is an error that names it`(index: Int) throws {
        let document = Self.documents[index]
        let optional: Set<String> = [
            "v", "scope", "publishableKey", "accessToken", "refreshToken", "ended", "refusal", "authorization", "id",
            "deauthorization", "deauthorized", "exchange", "consumed",
        ]
        let names = try JSONDocument(parsing: document.encoded).root.members.compactMap { $0.name.string }
        #expect(names.first == "v")
        for name in names where !optional.contains(name) {
            let text = String(decoding: document.encoded, as: UTF8.self)
                .replacing("\"\(name)\":", with: "\"x-\(name)\":")
            #expect("\(name)") { try reread(document, Array(text.utf8)) } throws: {
                ($0 as? DocumentError)?.message.contains("\"\(name)\"") == true
            }
        }
    }

    @Test(arguments: ["", "k", "k:0", "k:0g", "k:FF", "k:\u{E9}\u{E9}"])
    func `a sealed value that cannot have been written is an error`(text: String) {
        #expect(SealedSecret(text: text) == nil)
    }

    @Test(arguments: [SealedSecret(key: "", bytes: []), SealedSecret(key: "a:b:", bytes: [7]), sealed])
    func `a sealed value is read as it was written`(secret: SealedSecret) {
        #expect(SealedSecret(text: secret.text) == secret)
    }

    @Test func `a refusal holds a place where the code was`() {
        let stored = Self.code.storedRefusal
        #expect(stored == "no: \u{1A}")
        #expect(Self.code.refusal(of: "ac_1") == "no: ac_1")
    }

    @Test func `the numbers end with an error, not with a trap`() throws {
        var ledger = StripeLedger(lastAuthorization: .max - 1)
        #expect(try ledger.nextAuthorization() == StripeAuthorizationID(.max))
        #expect(throws: PaymentError.self) { try ledger.nextAuthorization() }
    }
}
