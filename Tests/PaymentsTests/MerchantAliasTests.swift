import Payments
import Testing

@Suite struct MerchantAliasTests {
    let world: MerchantWorld
    let mobilab = MerchantWorld.mobilab

    init() throws {
        world = try MerchantWorld()
    }

    @Test func `an alias is partial, complete and inactive in turn`() throws {
        let id = try world.aliases.create(.make(), for: mobilab).result.id
        #expect(id.text.utf8.count == 20)
        #expect(try stored(id)?.state == .partial)
        _ = try world.aliases.exchange(id, .make(), for: mobilab)
        #expect(try stored(id)?.state == .complete)
        #expect(try world.aliases.verify(id, mode: .test, for: mobilab).result.state == .complete)
        let paid = try world.payments.charge(.make(alias: id.text), for: mobilab).result
        #expect(paid.status == .success)
        #expect(world.provider.calls.first?.providerAlias == "psp-ok")
        _ = try world.aliases.delete(id, mode: .test, for: mobilab)
        #expect(try stored(id)?.state == .inactive)
        #expect(
            refusal { () throws(PaymentError) in
                _ = try world.aliases.delete(id, mode: .test, for: mobilab)
            }?.number == "3005")
    }

    @Test func `the same key gets the same alias, another request with it is refused`() throws {
        let first = try world.aliases.create(.make(), for: mobilab).result.id
        #expect(try world.aliases.create(.make(), for: mobilab).result.id == first)
        #expect(try world.aliases.create(.make(), for: MerchantWorld.acme).result.id != first)
        #expect(
            refusal { () throws(PaymentError) in
                _ = try world.aliases.create(.make(provider: .stripe), for: mobilab)
            }?.number == "3021")
    }

    @Test func `an alias at Stripe comes with the connected account's publishable key`() throws {
        #expect(try world.aliases.create(.make(provider: .stripe), for: mobilab).result.publishableKey == "pk_test_1")
        #expect(try world.aliases.create(.make(key: "other-key-1"), for: mobilab).result.publishableKey == nil)
    }

    @Test(arguments: [
        ("bare", ProviderType.bsPayone, PaymentMode.test, "3002"), ("acme", .stripe, .test, "3003"),
        ("mobilab", .bsPayone, .live, "3004"), ("mobilab", .stripe, .live, "3014"), ("mobilab", .adyen, .test, "3003"),
    ])
    func `an alias is made only where a payment could be`(
        merchant: String, provider: ProviderType, mode: PaymentMode, number: String
    ) throws {
        let caller = MerchantCaller(merchant: MerchantID(merchant), keyName: "app")
        #expect(
            refusal { () throws(PaymentError) in
                _ = try world.aliases.create(.make(provider: provider, mode: mode), for: caller)
            }?.number == number)
        // Nothing is left of it: the key may still be used.
        #expect(
            refusal { () throws(PaymentError) in
                _ = try world.aliases.create(.make(provider: provider, mode: mode), for: caller)
            }?.number == number)
    }

    @Test(arguments: [
        ("aliasNobodys", PaymentMode.test, "3005"), ("aliasInactive", .test, "3005"), ("aliasAcme", .test, "3006"),
        ("aliasOk", .live, "3014"),
    ])
    func `every alias call checks that it is there, whose it is and its mode`(
        alias: String, mode: PaymentMode, number: String
    ) throws {
        let id = AliasID(alias)
        #expect(
            refusal { () throws(PaymentError) in
                _ = try world.aliases.exchange(id, .make(mode: mode), for: mobilab)
            }?.number == number)
        #expect(
            refusal { () throws(PaymentError) in
                _ = try world.aliases.verify(id, mode: mode, for: mobilab)
            }?.number == number)
        #expect(
            refusal { () throws(PaymentError) in
                _ = try world.aliases.delete(id, mode: mode, for: mobilab)
            }?.number == number)
    }

    @Test func `what the client left out of the mode is not compared`() throws {
        #expect(try world.aliases.verify(AliasID("aliasOk"), mode: nil, for: mobilab).result.mode == .test)
        #expect(try world.aliases.verify(AliasID("aliasLive"), mode: nil, for: mobilab).result.mode == .live)
    }

    @Test func `of what the client sends, only the harmless part is kept`() throws {
        let id = try world.aliases.create(.make(userAgent: "App 4111111111111111"), for: mobilab).result.id
        var extra = AliasExtra.make(.card)
        extra.card?.mask = "4111111111111111"
        extra.card?.nonce = "nonce-1"
        extra.card?.deviceData = "device-1"
        extra.bankAccount = AliasExtra.BankAccount()
        extra.bankAccount?.iban = "DE89370400440532013000"
        _ = try world.aliases.exchange(id, .make(extra: extra), for: mobilab)
        let text = String(decoding: try #require(try stored(id)).encoded, as: UTF8.self)
        for secret in ["4111", "nonce-1", "device-1", "DE89", "Mustermann", "max@example.com"] {
            #expect(!text.contains(secret), "\(secret)")
        }
        #expect(text.contains("3000"))
        #expect(world.redactions.count == 2)
    }

    @Test(arguments: Missing.all)
    func `an exchange names what is missing`(missing: Missing) throws {
        let id = "aliasPartial-\(missing.provider.rawValue)"
        _ = try world.aliases.store(.make(id, provider: missing.provider, method: nil))
        let exchange = AliasExchange(providerAlias: missing.providerAlias, extra: missing.extra, mode: .test)
        #expect(
            refusal { () throws(PaymentError) in
                _ = try world.aliases.exchange(AliasID(id), exchange, for: mobilab)
            }?.number == missing.number)
    }

    @Test func `an exchange in two steps ends complete`() throws {
        let id = AliasID("aliasPartial")
        _ = try world.aliases.exchange(id, AliasExchange(providerAlias: "psp-decline"), for: mobilab)
        #expect(try stored(id)?.state == .partial)
        _ = try world.aliases.exchange(id, AliasExchange(extra: .make(.card)), for: mobilab)
        #expect(try stored(id)?.state == .complete)
        #expect(try stored(id)?.providerAlias == "psp-decline")
    }

    private func stored(_ id: AliasID) throws -> Alias? { try world.document(Alias.self, id.text) }
}

/// An exchange, and the number it is refused with; nil where it is not.
struct Missing: Sendable {
    var provider: ProviderType
    var method: PaymentMethod
    var providerAlias: String? = "psp-ok"
    var number: String?
    var change: @Sendable (inout AliasExtra) -> Void = { _ in }

    var extra: AliasExtra {
        var extra = AliasExtra.make(method)
        change(&extra)
        return extra
    }

    static let all: [Missing] = [
        Missing(provider: .bsPayone, method: .card),
        Missing(provider: .bsPayone, method: .card, providerAlias: nil, number: "3024"),
        Missing(provider: .bsPayone, method: .card, providerAlias: "", number: "3024"),
        Missing(provider: .bsPayone, method: .card, number: "3023") { $0.person?.country = nil },
        Missing(provider: .bsPayone, method: .card, number: "3023") { $0.person?.lastName = "" },
        Missing(provider: .bsPayone, method: .card, number: "3023") { $0.card?.holderName = nil },
        Missing(provider: .bsPayone, method: .card, number: "3023") { $0.card = nil },
        Missing(provider: .bsPayone, method: .sepa, providerAlias: nil),
        Missing(provider: .bsPayone, method: .sepa, number: "3023") { $0.bankAccount = nil },
        Missing(provider: .bsPayone, method: .payPal, number: "3023"),
        Missing(provider: .adyen, method: .card, providerAlias: nil),
        Missing(provider: .adyen, method: .card, number: "3023") { $0.card?.hasEncryptedFields = false },
        Missing(provider: .adyen, method: .sepa, number: "3023") { $0.person = nil },
        Missing(provider: .braintree, method: .card, providerAlias: nil),
        Missing(provider: .braintree, method: .card, number: "3023") { $0.card?.deviceData = nil },
        Missing(provider: .braintree, method: .payPal, providerAlias: nil),
        Missing(provider: .braintree, method: .payPal, number: "3023") { $0.person?.email = nil },
        Missing(provider: .stripe, method: .card),
        Missing(provider: .stripe, method: .card, providerAlias: nil, number: "3024"),
        Missing(provider: .stripe, method: .sepa, number: "3023"),
    ]
}

extension CreateAlias {
    static func make(
        provider: ProviderType = .bsPayone, key: String = "alias-key-01", mode: PaymentMode = .test,
        userAgent: String? = nil
    ) -> CreateAlias {
        CreateAlias(provider: provider, key: key, mode: mode, userAgent: userAgent)
    }
}

extension AliasExchange {
    static func make(extra: AliasExtra = .make(.card), mode: PaymentMode? = .test) -> AliasExchange {
        AliasExchange(providerAlias: "psp-ok", extra: extra, mode: mode)
    }
}

extension AliasExtra {
    /// With everything any provider asks for.
    static func make(_ method: PaymentMethod) -> AliasExtra {
        var extra = AliasExtra(method: method)
        var card = Card()
        (card.mask, card.expiry, card.type, card.holderName) = ("1111", "12/30", "V", "Max Mustermann")
        (card.hasEncryptedFields, card.nonce, card.deviceData) = (true, "nonce", "device")
        var account = BankAccount()
        (account.iban, account.bic) = ("DE89370400440532013000", "COBADEFF")
        var payPal = PayPal()
        (payPal.nonce, payPal.deviceData) = ("nonce", "device")
        var person = Person()
        (person.firstName, person.lastName, person.country) = ("Max", "Mustermann", "DE")
        person.email = "max@example.com"
        (extra.card, extra.bankAccount, extra.payPal, extra.person) = (card, account, payPal, person)
        return extra
    }
}
