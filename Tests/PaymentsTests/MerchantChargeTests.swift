import Payments
import Testing

@Suite struct MerchantChargeTests {
    let world: MerchantWorld
    let mobilab = MerchantWorld.mobilab

    init() throws {
        world = try MerchantWorld()
    }

    @Test(arguments: [
        (ChargeCommand.Kind.authorization, ProviderAction.authorize, PaymentAction.authorization),
        (.preauthorization, .preauthorize, .preauthorization),
    ])
    func `a charge is recorded, made once and answered`(
        kind: ChargeCommand.Kind, asked: ProviderAction, action: PaymentAction
    ) throws {
        let result = try world.payments.charge(.make(kind, customer: "c-1"), for: mobilab).result
        #expect(result.amount == (try .make()))
        #expect((result.status, result.action, result.additionalInfo) == (.success, action, nil))
        #expect(result.payment.text.utf8.count == 20)
        let call = try #require(world.provider.calls.first)
        #expect(world.provider.calls.count == 1)
        #expect(call.action == asked)
        #expect(call.payment == result.payment)
        #expect(call.reference == "\(result.payment)-0")
        #expect(call.purpose == PaymentPurpose(reason: "Book", purchase: "order-1", customer: "c-1"))
        #expect((call.providerAlias, call.method, call.mode, call.original) == ("psp-ok", .card, .test, nil))
        #expect(call.idempotencyKey.utf8.count <= 255)
    }

    @Test(
        arguments: [
            (ProviderOutcome.declined("Declined", id: nil), PaymentStatus.fail, "Declined"),
            (.pending(ProviderTransactionID("pi_1")), .pending, nil), (.unknown, .pending, nil),
        ] as [(ProviderOutcome, PaymentStatus, String?)])
    func `a decline is a FAIL, and what is not known is PENDING`(
        outcome: ProviderOutcome, status: PaymentStatus, info: String?
    ) throws {
        world.provider.answers(outcome)
        for _ in 0..<2 {
            let result = try world.payments.charge(.make(), for: mobilab).result
            #expect(result.status == status)
            #expect(result.additionalInfo == info)
        }
        #expect(world.provider.calls.count == 1)
    }

    static let others: [Variation<Void, ChargeCommand>] = [
        Variation { _ in try .make(amount: 301) }, Variation { _ in try .make(currency: "eur") },
        Variation { _ in try .make(reason: "book") }, Variation { _ in try .make(purchase: nil) },
        Variation { _ in try .make(purchase: "") }, Variation { _ in try .make(customer: "c-1") },
        Variation { _ in try .make(customer: "") }, Variation { _ in try .make(alias: "aliasDecline") },
        Variation { _ in try .make(alias: "aliasNobodys") }, Variation { _ in try .make(mode: .live) },
        Variation { _ in try .make(.preauthorization) },
    ]

    @Test(arguments: others)
    func `the same key for another request is refused, before anything else is looked at`(
        other: Variation<Void, ChargeCommand>
    ) throws {
        let first = try world.payments.charge(.make(), for: mobilab).result
        #expect(
            refused(charging: try other.make(()))
                == Refused(
                    number: "3021",
                    text:
                        "Keys for idempotent requests can only be used with the same parameters they were first used with."
                ))
        #expect(try world.payments.charge(.make(), for: mobilab).result == first)
        #expect(world.provider.calls.count == 1)
    }

    @Test func `keys are each merchant's own`() throws {
        let mine = try world.payments.charge(.make(), for: mobilab).result
        let theirs = try world.payments.charge(.make(alias: "aliasAcme"), for: MerchantWorld.acme).result
        #expect(mine.payment != theirs.payment)
        #expect(Set(world.provider.calls.map(\.idempotencyKey)).count == 2)
    }

    @Test func `a repetition needs neither the alias nor the provider any more`() throws {
        let first = try world.payments.charge(.make(), for: mobilab).result
        _ = try world.aliases.delete(AliasID("aliasOk"), mode: .test, for: mobilab)
        _ = try world.merchants.drop(.bsPayone, of: mobilab.merchant)
        #expect(try world.payments.charge(.make(), for: mobilab).result == first)
    }

    @Test(arguments: [
        (ProviderOutcome.failed("No such card."), "4000", "Unexpected PSP operation error."),
        (.connectionLost, "3003", "PSP configuration for 'BS_PAYONE' cannot be found from used merchant"),
    ])
    func `a request the provider refuses leaves the key usable, also for another request`(
        outcome: ProviderOutcome, number: String, text: String
    ) throws {
        world.provider.answers(outcome)
        for _ in 0..<2 {
            #expect(refused(charging: try .make()) == Refused(number: number, text: text))
        }
        let keys = world.provider.calls.map(\.idempotencyKey)
        #expect(keys.count == 2)
        #expect(Set(keys).count == 1, "the same request carries the same key, however often it is made")
        #expect(Set(world.provider.calls.map(\.reference)).count == 1)
        world.provider.answers(ScriptedProvider.approve)
        #expect(try world.payments.charge(.make(amount: 500), for: mobilab).result.status == .success)
        #expect(world.provider.calls.last?.idempotencyKey != keys.first)
        #expect(refused(charging: try .make())?.number == "3021")
    }

    @Test func `a refused request succeeds when it is made again`() throws {
        world.provider.answers(.failed("Try later."))
        _ = refused(charging: try .make())
        world.provider.answers(ScriptedProvider.approve)
        let result = try world.payments.charge(.make(), for: mobilab).result
        #expect(result.status == .success)
        #expect(try world.payment(result.payment).operations.count == 1)
        #expect(try world.payments.charge(.make(), for: mobilab).result == result)
        #expect(world.provider.calls.count == 2)
    }

    @Test func `the provider's words come with a refusal`() throws {
        world.provider.answers(.failed("No such card."))
        do throws(PaymentError) {
            _ = try world.payments.charge(try .make(), for: mobilab)
            Issue.record("was not refused")
        } catch {
            #expect(error.code == .merchant(.providerFailed("No such card.")))
        }
    }

    // MARK: Card numbers

    @Test func `card numbers are neither stored, sent nor answered`() throws {
        let number = "4111 1111 1111 1111"
        world.provider.answers(.declined("Card \(number) refused", id: nil))
        let command = try ChargeCommand.make(reason: number, purchase: "p \(number)", customer: number)
        let result = try world.payments.charge(command, for: mobilab).result
        #expect(result.additionalInfo == "Card [redacted-pan] refused")
        #expect(
            world.provider.calls.first?.purpose
                == PaymentPurpose(
                    reason: "[redacted-pan]", purchase: "p [redacted-pan]", customer: "[redacted-pan]"))
        #expect(!String(decoding: try world.payment(result.payment).encoded, as: UTF8.self).contains("4111"))
        #expect(world.redactions.count == 4)
        // Two numbers are two requests, although neither is kept.
        #expect(
            refused(charging: try .make(reason: "5500 0000 0000 0004", purchase: "p \(number)", customer: number))?
                .number == "3021")
    }

    @Test func `an idempotency key that is a card number is not kept`() throws {
        let result = try world.payments.charge(.make(key: "4111111111111111"), for: mobilab).result
        let payment = try world.payment(result.payment)
        #expect(!String(decoding: payment.encoded, as: UTF8.self).contains("4111111111111111"))
        let record = try #require(payment.operations.first?.record)
        #expect(!record.text.contains("4111111111111111"))
    }

    private func refused(charging command: ChargeCommand) -> Refused? {
        refusal { () throws(PaymentError) in _ = try world.payments.charge(command, for: mobilab) }
    }
}
