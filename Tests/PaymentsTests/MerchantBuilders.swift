import Payments
import Synchronization
import Testing

@testable import Storage

/// What the domain is injected with, made predictable.
enum Injected {
    /// No hash to be trusted, but one that tells different inputs apart.
    static func digest(_ bytes: [UInt8], key: UInt64) -> [UInt8] {
        var result: [UInt8] = []
        for lane in 0..<4 as Range<UInt64> {
            var state = 0xCBF2_9CE4_8422_2325 ^ key &* (lane + 1)
            for byte in bytes { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 &+ lane }
            for shift in stride(from: 0, to: 64, by: 8) { result.append(UInt8(truncatingIfNeeded: state >> shift)) }
        }
        return result
    }

    static let digests = Digests(plain: { digest($0, key: 1) }, keyed: { digest($0, key: 2) })

    static func randomness() -> Randomness {
        let generator = Mutex(SystemRandomNumberGenerator())
        return Randomness { count in
            generator.withLock { generator in (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) } }
        }
    }
}

/// Services over one repository, with two merchants and their aliases, and what a test wants to ask of them.
struct MerchantWorld {
    let repository: any Repository
    let clock: ManualClock
    let provider: ScriptedProvider
    let accounts: ConnectedAccounts
    let redactions = RedactionCount()
    let merchants: MerchantService
    let aliases: AliasService
    let payments: AuthorizationService

    static let mobilab = MerchantCaller(merchant: MerchantID("mobilab"), keyName: "server")
    static let acme = MerchantCaller(merchant: MerchantID("acme"), keyName: "server")
    static let bare = MerchantCaller(merchant: MerchantID("bare"), keyName: "server")

    /// - Parameter sandbox: what stands for the sandbox; the scripted provider where nil.
    init(
        repository: any Repository = MemoryRepository(settlesAtOnce: true, onDurable: { _ in }),
        clock: ManualClock = ManualClock(), provider: ScriptedProvider = ScriptedProvider(),
        sandbox: (any PaymentProvider)? = nil, waitMilliseconds: Int = 10_000, isSeeded: Bool = true
    ) throws {
        self.repository = repository
        self.clock = clock
        self.provider = provider
        let accounts = ConnectedAccounts()
        self.accounts = accounts
        let random = Injected.randomness()
        let registry = ProviderRegistry(
            sandbox: sandbox ?? provider, stripe: provider,
            stripeAccounts: accounts,
            others: [])
        merchants = MerchantService(
            repository: repository, clock: clock.clock, random: random, digests: Injected.digests)
        aliases = AliasService(
            repository: repository, clock: clock.clock, random: random, digests: Injected.digests,
            providers: registry, redactions: redactions)
        payments = AuthorizationService(
            repository: repository, clock: clock.clock, random: random, digests: Injected.digests,
            providers: registry, redactions: redactions, locks: KeyedLocks(), waitMilliseconds: waitMilliseconds)
        if isSeeded { try seed() }
    }

    private func seed() throws {
        for caller in [MerchantWorld.mobilab, MerchantWorld.acme, MerchantWorld.bare] {
            _ = try merchants.add(caller.merchant, name: "\(caller.merchant)", allowsLive: true)
        }
        _ = try merchants.use(ProviderConfiguration(type: .bsPayone, access: .sandbox), for: MerchantID("acme"))
        _ = try merchants.use(ProviderConfiguration(type: .bsPayone, access: .sandbox), for: MerchantID("mobilab"))
        let stripe = ProviderConfiguration(type: .stripe, access: .stripe(event: EventID(1)))
        _ = try merchants.use(stripe, for: MerchantID("mobilab"))
        accounts.connect("acct_1")
        for alias in MerchantWorld.seedAliases { _ = try aliases.store(alias) }
    }

    private static let seedAliases: [Alias] = [
        .make("aliasOk"), .make("aliasDecline", providerAlias: "psp-decline"),
        .make("aliasPending", providerAlias: "psp-pending"), .make("aliasError", providerAlias: "psp-error"),
        .make("aliasTimeout", providerAlias: "psp-timeout"), .make("aliasSepa", method: .sepa),
        .make("aliasPartial", method: nil), .make("aliasInactive", isActive: false), .make("aliasLive", mode: .live),
        .make("aliasAcme", merchant: "acme"), .make("aliasBare", merchant: "bare"),
        .make("aliasAdyen", provider: .adyen), .make("aliasStripe", provider: .stripe, providerAlias: "pm_1"),
        .make("aliasStripeLive", provider: .stripe, mode: .live, providerAlias: "pm_1"),
    ]

    // MARK: Questions

    func payment(_ id: PaymentID) throws -> Payment {
        let payment = try repository.transaction { transaction throws(PaymentError) in
            try transaction.get(Payment.self, Payment.key(id))
        }.result
        return try #require(payment)
    }

    func document<D: Document>(_ type: D.Type, _ id: String) throws -> D? {
        try repository.transaction { transaction throws(PaymentError) in
            try transaction.get(type, DocumentID(id))
        }.result
    }

    /// A sale, or a hold, that succeeded.
    func charged(_ command: ChargeCommand? = nil) throws -> PaymentID {
        let command = try command ?? .make()
        let result = try payments.charge(command, for: MerchantWorld.mobilab).result
        #expect(result.status == .success)
        return result.payment
    }

    func webhook() throws {
        let secret = SealedSecret(key: "k", bytes: [1, 2, 3])
        let webhook = Merchant.Webhook(url: "http://127.0.0.1/hook", secret: secret)
        _ = try merchants.notify(webhook, of: MerchantWorld.mobilab.merchant)
    }
}

/// What stands for the Stripe authorizations: which account each event has, and how it is called.
final class ConnectedAccounts: StripeAccounts {
    private let accounts = Synchronized<[EventID: (account: StripeAccountID, isLive: Bool)]>([:])
    private let known = Synchronized<[DocumentID: StripeAccountID]>([:])

    /// - Parameter account: nil to disconnect the event.
    func connect(_ account: String?, event: Int64 = 1, isLive: Bool = false) {
        accounts.value[EventID(event)] = account.map { (StripeAccountID($0), isLive) }
        guard let account else { return }
        known.value[document(StripeAccountID(account), isLive: isLive)] = StripeAccountID(account)
    }

    func connected(
        _ event: EventID, isLive: Bool, in transaction: inout Transaction
    ) throws(PaymentError) -> ConnectedAccount? {
        guard let present = accounts.value[event], present.isLive == isLive else { return nil }
        return ConnectedAccount(
            id: present.account, digest: document(present.account, isLive: isLive), publishableKey: "pk_test_1")
    }

    func id(of account: DocumentID, in transaction: inout Transaction) throws(PaymentError) -> StripeAccountID? {
        known.value[account]
    }

    func document(_ account: StripeAccountID, isLive: Bool) -> DocumentID {
        DocumentID(Hexadecimal.text(Injected.digest(Array("\(account) \(isLive)".utf8), key: 3)))
    }
}

extension Alias {
    static func make(
        _ id: String = "aliasOk", merchant: String = "mobilab", provider: ProviderType = .bsPayone,
        mode: PaymentMode = .test, providerAlias: String = "psp-ok", method: PaymentMethod? = .card,
        isActive: Bool = true
    ) -> Alias {
        Alias(
            id: AliasID(id), merchant: MerchantID(merchant), provider: provider, mode: mode,
            providerAlias: method == nil ? nil : providerAlias, details: method.map { AliasDetails(method: $0) },
            isActive: isActive, created: 1_753_993_257_000)
    }
}

extension ChargeCommand {
    static func make(
        _ kind: Kind = .authorization, key: String = "key-0000000001", alias: String = "aliasOk", amount: Int64 = 300,
        currency: String = "EUR", reason: String = "Book", purchase: String? = "order-1", customer: String? = nil,
        mode: PaymentMode = .test
    ) throws(PaymentError) -> ChargeCommand {
        ChargeCommand(
            kind: kind, key: key, alias: AliasID(alias), amount: try .make(amount, currency),
            purpose: PaymentPurpose(reason: reason, purchase: purchase, customer: customer), mode: mode)
    }
}

extension RefundCommand {
    static func make(
        _ payment: PaymentID, key: String = "refund-0000001", amount: Int64 = 100, currency: String = "EUR",
        reason: String = "Returned", mode: PaymentMode? = .test
    ) throws(PaymentError) -> RefundCommand {
        RefundCommand(payment: payment, key: key, amount: try .make(amount, currency), reason: reason, mode: mode)
    }
}

extension HoldCommand {
    static func capture(_ payment: PaymentID, mode: PaymentMode = .test) -> HoldCommand {
        HoldCommand(payment: payment, end: .capture, mode: mode)
    }

    static func reversal(_ payment: PaymentID, mode: PaymentMode = .test) -> HoldCommand {
        HoldCommand(payment: payment, end: .reversal(reason: "Cancelled"), mode: mode)
    }
}

extension Money {
    static func make(_ amount: Int64 = 300, _ currency: String = "EUR") throws(PaymentError) -> Money {
        guard let money = Money(minorUnits: amount, currency: currency) else { throw .invalid("amount", "is none") }
        return money
    }

    /// Where a table needs one without throwing.
    static let sample = Money(minorUnits: 300, currency: "EUR").known
}

extension Optional {
    /// A value a test is sure of.
    fileprivate var known: Wrapped {
        guard let self else { preconditionFailure("a test's own value is wrong") }
        return self
    }
}

/// The number and sentence a call refuses with; nil when it does not.
func refusal(_ call: () throws(PaymentError) -> Void) -> Refused? {
    do throws(PaymentError) {
        try call()
        return nil
    } catch {
        guard case .merchant(let fault) = error.code else {
            return Refused(number: "\(error.code)", text: error.sentence)
        }
        return Refused(number: "\(fault.number)", text: error.sentence)
    }
}

struct Refused: Equatable {
    let number: String
    let text: String
}
