import JSON
import Testing

@testable import Payments
@testable import Storage

@Suite struct MerchantDocumentTests {
    /// Makes one of every kind of document, with every member, by using the services.
    private func documents() throws -> [any Document] {
        let repository = RecordingRepository()
        let world = try MerchantWorld(
            repository: repository, sandbox: SandboxProvider(repository: repository))
        let mobilab = MerchantWorld.mobilab
        try world.webhook()
        let secret = ProviderConfiguration.Secret(name: "key", value: SealedSecret(key: "k", bytes: [0, 255]))
        let setting = ProviderConfiguration.Setting(name: "portalId", value: "2")
        let sealed = ProviderConfiguration(type: .adyen, access: .sealed([secret]), settings: [setting])
        _ = try world.merchants.use(sealed, for: mobilab.merchant)
        let key = try world.merchants.createKey(
            for: mobilab.merchant, use: .secret, name: "k", validFrom: 1, validUntil: .max
        ).result
        _ = try world.merchants.authenticate(secretKey: key.text)
        let alias = try world.aliases.create(
            CreateAlias(provider: .bsPayone, key: "alias-key-01", mode: .test, userAgent: "App"), for: mobilab
        ).result.id
        _ = try world.aliases.exchange(alias, AliasExchange(providerAlias: "psp-ok", extra: .make(.card)), for: mobilab)
        let id = try world.charged(.make(.preauthorization, customer: "c"))
        _ = try world.payments.end(.capture(id), for: mobilab)
        _ = try world.payments.refund(.make(id), for: mobilab)
        _ = try world.payments.charge(.make(key: "key-0000000002", alias: "aliasTimeout"), for: mobilab)
        world.provider.answers(.approved(ProviderApproval(id: ProviderTransactionID("pi_1"), expires: 5)))
        let held = try world.charged(.make(.preauthorization, key: "key-0000000003", alias: "aliasStripe"))
        for (event, news) in [("1", ProviderNotification.News.cancelled), ("2", .refunded(total: 5))] {
            _ = try world.payments.apply(
                ProviderNotification(
                    event: event, provider: .stripe, mode: .test, account: StripeAccountID("acct_1"), payment: held,
                    providerID: ProviderTransactionID("pi_1"), news: news))
        }
        return repository.documents
    }

    @Test func `every document comes back as it was written, with what a newer version added`() throws {
        var kinds: Set<String> = []
        for document in try documents() {
            kinds.insert(document.key.kind.name)
            try check(document)
        }
        #expect(
            kinds == [
                "merchant", "merchant-key", "alias", "idempotency", "payment", "provider-payment", "provider-event",
                "delivery", "open-page", "open-list", "sandbox-calls", "sandbox-operation",
                "merchant-key-ends",
            ])
    }

    private func check<D: Document>(_ document: D) throws {
        let text = String(decoding: document.encoded, as: UTF8.self)
        let again = try D.decode(document.encoded)
        #expect(String(decoding: again.encoded, as: UTF8.self) == text)
        #expect(again.id == document.id)
        let newer = text.dropLast() + #","addedLater":{"a":[1,"é"]}}"#
        let kept = try D.decode(Array(newer.utf8))
        #expect(String(decoding: kept.encoded, as: UTF8.self) == newer)
        #expect(try JSONDocument(parsing: document.encoded).root["v"]?.integer == 1)
        #expect(throws: DocumentError.self) { try D.decode(Array("{}".utf8)) }
        #expect(throws: DocumentError.self) { try D.decode(Array("[]".utf8)) }
    }

    @Test func `members an operation does not know are kept as well`() throws {
        let payment = try #require(try documents().compactMap { $0 as? Payment }.last)
        let text = String(decoding: payment.encoded, as: UTF8.self)
        let newer = text.replacing(
            #""source":"answer"}"#, with: #""source":"answer","later":true}"#, maxReplacements: 1)
        #expect(newer != text)
        #expect(String(decoding: try Payment.decode(Array(newer.utf8)).encoded, as: UTF8.self) == newer)
    }

    @Test(arguments: [
        (#""amount":300"#, #""amount":0"#), (#""amount":300"#, #""amount":2147483648"#),
        (#""currency":"EUR""#, #""currency":"EURO""#), (#""mode":"test""#, #""mode":"other""#),
        (#""state":"succeeded""#, #""state":"paid""#), (#""operations":["#, #""operation":["#),
    ])
    func `a payment that cannot be is not read`(found: String, replacement: String) throws {
        let payment = try #require(try documents().compactMap { $0 as? Payment }.last)
        let text = String(decoding: payment.encoded, as: UTF8.self)
        let broken = text.replacing(found, with: replacement, maxReplacements: 1)
        #expect(broken != text)
        #expect(throws: DocumentError.self) { try Payment.decode(Array(broken.utf8)) }
    }
}

/// Keeps every document ever put.
final class RecordingRepository: Repository {
    private let memory = MemoryRepository(settlesAtOnce: true, onDurable: { _ in })
    private let puts = Synchronized<[any Document]>([])

    var documents: [any Document] { puts.value }

    func perform(
        reading keys: [DocumentKey], _ body: (inout Transaction) throws(PaymentError) -> Void
    ) throws(PaymentError) -> SequenceNumber {
        try memory.perform(reading: keys) { transaction throws(PaymentError) in
            try body(&transaction)
            puts.append(transaction.puts.map(\.document))
        }
    }

    func waitUntilDurable(_ sequence: SequenceNumber) throws(PaymentError) {
        try memory.waitUntilDurable(sequence)
    }
}
