import JSON
import Testing

@testable import Payments

/// A new sealing key and what merchants' secrets are sealed with.
@Suite struct MerchantResealTests {
    let repository = WitnessRepository()
    private static let ids = ["a", "b", "c"].map { MerchantID($0) }
    private static let old = FakeSealing(currentKey: "k1", known: ["k1"])
    private static let rotating = FakeSealing(currentKey: "k2", known: ["k1", "k2"])
    private static let new = FakeSealing(currentKey: "k2", known: ["k2"])

    private var service: MerchantService {
        MerchantService(
            repository: repository, clock: ManualClock().clock, random: Injected.randomness(),
            digests: Injected.digests)
    }

    /// Three merchants with a webhook, two sealed secrets, and a provider without any.
    private func seed(with sealing: FakeSealing = old) throws {
        for id in Self.ids {
            _ = try service.add(id, name: "Shop", allowsLive: false)
            let secrets = try ["key", "password"].map { name in
                let place = ProviderConfiguration.place(id, .adyen, name)
                return ProviderConfiguration.Secret(
                    name: name, value: try sealing.seal(Array("\(id)-\(name)".utf8), for: place))
            }
            _ = try service.use(ProviderConfiguration(type: .adyen, access: .sealed(secrets)), for: id)
            _ = try service.use(ProviderConfiguration(type: .bsPayone, access: .sandbox), for: id)
            let secret = try sealing.seal(Array("whsec_\(id)".utf8), for: Merchant.webhookPlace(id))
            _ = try service.notify(Merchant.Webhook(url: "https://\(id).example", secret: secret), of: id)
        }
    }

    /// Whether every secret of every merchant opens with the new key alone, and is what it was.
    private func areAllRenewed() throws -> Bool {
        for id in Self.ids {
            let merchant = try service.merchant(id).result
            guard case .sealed(let secrets)? = merchant.provider(.adyen)?.access, let webhook = merchant.webhook else {
                return false
            }
            for secret in secrets {
                let place = ProviderConfiguration.place(id, .adyen, secret.name)
                guard let opened = try? Self.new.open(secret.value, for: place),
                    opened == Array("\(id)-\(secret.name)".utf8)
                else { return false }
            }
            guard let opened = try? Self.new.open(webhook.secret, for: Merchant.webhookPlace(id)),
                opened == Array("whsec_\(id)".utf8)
            else { return false }
        }
        return true
    }

    @Test func `every secret is sealed anew, and the old key is not needed any more`() throws {
        try seed()
        #expect(try service.reseal(Self.ids, with: Self.rotating) == Resealing(resealed: 3))
        #expect(try areAllRenewed())
        #expect(repository.isEverythingWaitedFor, "durable before anybody takes the old key away")
        #expect(try service.reseal(Self.ids, with: Self.rotating) == Resealing(untouched: 3))
        #expect(try service.merchant(Self.ids[0]).result.provider(.bsPayone)?.access == .sandbox)
    }

    @Test(arguments: 0..<3)
    func `one that broke off after some of them is repeated to its end`(after: Int) throws {
        try seed()
        repository.fails(WitnessRepository.Failure(code: .unavailable, after: after))
        #expect(throws: PaymentError.self) { try service.reseal(Self.ids, with: Self.rotating) }
        #expect(try !areAllRenewed())
        repository.fails(nil)
        #expect(
            try service.reseal(Self.ids, with: Self.rotating) == Resealing(resealed: 3 - after, untouched: after))
        #expect(try areAllRenewed())
    }

    @Test func `what cannot be opened is named and stays as it was, and the rest is sealed anew`() throws {
        try seed()
        let other = FakeSealing(currentKey: "k0", known: ["k0"])
        let secret = try other.seal(Array("x".utf8), for: Merchant.webhookPlace(Self.ids[1]))
        _ = try service.notify(Merchant.Webhook(url: "https://b.example", secret: secret), of: Self.ids[1])
        let before = try service.merchant(Self.ids[1]).result.encoded
        let result = try service.reseal(Self.ids + [MerchantID("nobody")], with: Self.rotating)
        #expect(result.resealed == 2)
        #expect(result.failed == [Merchant.key(Self.ids[1]), Merchant.key(MerchantID("nobody"))])
        #expect(try service.merchant(Self.ids[1]).result.encoded == before)
    }

    @Test func `a merchant that cannot be read does not keep the others from the new key`() throws {
        try seed()
        _ = try repository.transaction { transaction throws(PaymentError) in
            transaction.put(Newer(kind: Merchant.kind, id: "a"))
        }
        let result = try service.reseal(Self.ids, with: Self.rotating)
        #expect(result == Resealing(resealed: 2, failed: [Merchant.key(Self.ids[0])]))
    }
}

/// A document of a kind that nobody here can read.
struct Newer: Document {
    static var kind: DocumentKind { DocumentKind("newer") }
    let key: DocumentKey
    var id: DocumentID { key.id }

    init(kind: DocumentKind, id: String) {
        key = DocumentKey(kind, DocumentID(id))
    }

    init(json: JSONValue) throws(DocumentError) {
        throw DocumentError("never read")
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("newer", true)
        writer.endObject()
    }
}
