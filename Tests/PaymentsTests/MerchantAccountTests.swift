import Payments
import Testing

@Suite struct MerchantAccountTests {
    let world: MerchantWorld
    let mobilab = MerchantWorld.mobilab.merchant

    init() throws {
        world = try MerchantWorld()
    }

    @Test func `a created key proves its merchant, and only as what it was made for`() throws {
        let secret = try world.merchants.createKey(for: mobilab, use: .secret, name: "server").result
        let publishable = try world.merchants.createKey(for: mobilab, use: .publishable, name: "app").result
        #expect(secret.text.hasPrefix("mobilab-"))
        #expect(secret.text.utf8.count == "mobilab-".utf8.count + 32)
        #expect(try world.merchants.authenticate(secretKey: secret.text) == MerchantWorld.mobilab)
        #expect(try world.merchants.authenticate(publishableKey: publishable.text).keyName == "app")
        #expect(
            refusal { () throws(PaymentError) in
                _ = try world.merchants.authenticate(secretKey: publishable.text)
            } == Refused(number: "3010", text: "Given merchant API key id cannot be found."))
        #expect(
            refusal { () throws(PaymentError) in
                _ = try world.merchants.authenticate(publishableKey: secret.text)
            } == Refused(number: "3000", text: "Publishable Key cannot be found."))
        #expect(
            refusal { () throws(PaymentError) in
                _ = try world.merchants.authenticate(secretKey: "", otherwise: .unknownSecretKeyForAlias)
            } == Refused(number: "3001", text: "Secret Key cannot be found."))
    }

    @Test func `nothing of a key but its beginning is kept or printed`() throws {
        let created = try world.merchants.createKey(for: mobilab, use: .secret, name: "server").result
        let tail = created.text.dropFirst("mobilab-".count + 4)
        let key = try #require(try world.document(MerchantKey.self, created.key.id.text))
        #expect(!String(decoding: key.encoded, as: UTF8.self).contains(tail))
        #expect(key.prefix == created.text.dropLast(28))
        #expect("\(created) \(String(reflecting: created))" == "[redacted] [redacted]")
        var dumped = ""
        dump(created, to: &dumped)
        #expect(!dumped.contains(tail))
    }

    @Test func `a deactivated key is refused from then on`() throws {
        let key = try world.merchants.createKey(for: mobilab, use: .secret, name: "server").result
        _ = try world.merchants.deactivateKey(named: "server", of: mobilab)
        _ = try world.merchants.deactivateKey(named: "server", of: mobilab)
        #expect(refused(key.text))
        #expect(try world.merchants.keys(of: mobilab).result.map(\.isActive) == [false])
        #expect(
            refusal { () throws(PaymentError) in
                _ = try world.merchants.deactivateKey(named: "server", of: MerchantID("acme"))
            }?.number == "notFound")
    }

    @Test func `keys that end are listed for all merchants until ninety days after, unless deactivated`() throws {
        let now = world.clock.clock.milliseconds()
        let acme = MerchantID("acme")
        _ = try world.merchants.createKey(for: mobilab, use: .secret, name: "server", validUntil: now + 1000)
        _ = try world.merchants.createKey(for: acme, use: .publishable, name: "server", validUntil: now + 2000)
        _ = try world.merchants.createKey(for: mobilab, use: .secret, name: "next")
        let first = MerchantKeyEnds.End(merchant: mobilab, use: .secret, name: "server", until: now + 1000)
        let second = MerchantKeyEnds.End(merchant: acme, use: .publishable, name: "server", until: now + 2000)
        #expect(try MerchantKeyEnds.all(in: world.repository) == [first, second])
        let stored = try #require(try world.document(MerchantKeyEnds.self, "all"))
        #expect(try MerchantKeyEnds.decode(stored.encoded).ends == [first, second])

        _ = try world.merchants.deactivateKey(named: "server", of: acme)
        #expect(try MerchantKeyEnds.all(in: world.repository) == [first])
        world.clock.advance(minutes: 91 * 24 * 60)
        let later = world.clock.clock.milliseconds() + 1000
        _ = try world.merchants.createKey(for: acme, use: .secret, name: "last", validUntil: later)
        #expect(try MerchantKeyEnds.all(in: world.repository).map(\.name) == ["last"])
        _ = try world.merchants.createKey(for: acme, use: .secret, name: "never", validUntil: .min)
        _ = try world.merchants.createKey(for: acme, use: .secret, name: "always", validUntil: .max)
        #expect(try MerchantKeyEnds.all(in: world.repository).map(\.name) == ["last", "always"])
    }

    @Test func `a key is valid from its first moment to the last before its end`() throws {
        let now = world.clock.clock.milliseconds()
        let key = try world.merchants.createKey(
            for: mobilab, use: .secret, name: "server", validFrom: now + 60_000, validUntil: now + 120_000
        ).result
        #expect(refused(key.text))
        world.clock.advance(minutes: 1)
        #expect(!refused(key.text))
        world.clock.advance(seconds: 59)
        #expect(!refused(key.text))
        world.clock.advance(seconds: 1)
        #expect(refused(key.text))
    }

    @Test func `the day of the last use is kept, once a day`() throws {
        let key = try world.merchants.createKey(for: mobilab, use: .secret, name: "server").result
        #expect(try world.document(MerchantKey.self, key.key.id.text)?.lastUsed == nil)
        _ = try world.merchants.authenticate(secretKey: key.text)
        #expect(try world.document(MerchantKey.self, key.key.id.text)?.lastUsed == "2025-07-31")
        world.clock.advance(minutes: 24 * 60)
        _ = try world.merchants.authenticate(secretKey: key.text)
        #expect(try world.document(MerchantKey.self, key.key.id.text)?.lastUsed == "2025-08-01")
    }

    @Test func `a key that exists already is taken over, once`() throws {
        let text = "mobilab-SecretKeyA0000000000"
        _ = try world.merchants.importKey(text, for: mobilab, use: .secret, name: "demo")
        #expect(try world.merchants.authenticate(secretKey: text).keyName == "demo")
        for (name, other) in [("demo", "another"), ("again", text)] {
            #expect(
                refusal { () throws(PaymentError) in
                    _ = try world.merchants.importKey(other, for: mobilab, use: .secret, name: name)
                }?.number == "invalid")
        }
        _ = try world.merchants.importKey("off", for: mobilab, use: .secret, name: "off", isActive: false)
        #expect(refused("off"))
    }

    @Test(arguments: [
        ("shop-1.A_b", nil), ("mobilab", "3011"), ("", "invalid"), ("a b", "invalid"), ("a/b", "invalid"),
        ("é", "invalid"), (String(repeating: "a", count: 65), "invalid"),
    ])
    func `a merchant's id is short, plain and its own`(id: String, number: String?) throws {
        #expect(
            refusal { () throws(PaymentError) in
                _ = try world.merchants.add(MerchantID(id), name: "M", allowsLive: false)
            }?.number == number)
    }

    @Test func `a provider is used in one way at a time`() throws {
        let setting = ProviderConfiguration.Setting(name: "portalId", value: "2")
        _ = try world.merchants.use(
            ProviderConfiguration(type: .bsPayone, access: .sandbox, settings: [setting]), for: mobilab)
        let merchant = try world.merchants.merchant(mobilab).result
        #expect(merchant.providers.count == 2)
        #expect(merchant.provider(.bsPayone)?.settings == [setting])
        #expect(try world.merchants.drop(.bsPayone, of: mobilab).result.provider(.bsPayone) == nil)
        #expect(
            refusal { () throws(PaymentError) in
                _ = try world.merchants.drop(.bsPayone, of: MerchantID("nobody"))
            }?.number == "3008")
    }

    private func refused(_ key: String) -> Bool {
        refusal { () throws(PaymentError) in _ = try world.merchants.authenticate(secretKey: key) }?.number == "3010"
    }
}
