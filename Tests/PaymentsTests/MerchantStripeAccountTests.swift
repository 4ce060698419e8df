import Testing

@testable import Payments

@Suite struct MerchantStripeAccountTests {
    let world = StripeWorld()
    let service: StripeAuthorizations
    let accounts: StoredStripeAccounts

    init() {
        service = world.makeService()
        let digests = Digests(
            plain: { Hexadecimal.bytes(FakeDigest.text(of: $0)) ?? [] }, keyed: { Injected.digest($0, key: 2) })
        accounts = StoredStripeAccounts(sealing: world.sealing, digests: digests)
    }

    @Test func `a connected event's account is found, in its own mode only`() throws {
        #expect(try connected(isLive: false) == nil)
        _ = try service.create(code: "ac_1", event: EventID(1), by: StripeWorld.owner)
        let account = try #require(try connected(isLive: false))
        #expect(account.id == StripeAccountID("acct_USER"))
        #expect(account.publishableKey == "pk_test_PUB")
        #expect(account.digest == accounts.document(StripeAccountID("acct_USER"), isLive: false))
        #expect(account.digest != accounts.document(StripeAccountID("acct_USER"), isLive: true))
        #expect(try connected(isLive: true) == nil)
        #expect(try connected(event: 2, isLive: false) == nil)
    }

    @Test func `an account that is still used elsewhere can be reached, one that nobody uses cannot`() throws {
        for event in 1...2 as ClosedRange<Int64> {
            _ = try service.create(code: "ac_\(event)", event: EventID(event), by: StripeWorld.owner)
        }
        let account = try #require(try connected(isLive: false)).digest
        _ = try service.delete(.event(.id(EventID(1))), by: StripeWorld.owner)
        #expect(try connected(isLive: false) == nil)
        #expect(try id(account) == StripeAccountID("acct_USER"))
        _ = try service.delete(.event(.id(EventID(2))), by: StripeWorld.owner)
        #expect(try id(account) == nil)
    }

    private func connected(event: Int64 = 1, isLive: Bool) throws -> ConnectedAccount? {
        try world.repository.transaction { transaction throws(PaymentError) in
            try accounts.connected(EventID(event), isLive: isLive, in: &transaction)
        }.result
    }

    private func id(_ account: DocumentID) throws -> StripeAccountID? {
        try world.repository.transaction { transaction throws(PaymentError) in
            try accounts.id(of: account, in: &transaction)
        }.result
    }
}
