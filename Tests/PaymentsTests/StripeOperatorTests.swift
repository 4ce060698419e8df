import Testing

@testable import Payments

@Suite struct StripeOperatorTests {
    let world = StripeWorld()
    let service: StripeAuthorizations

    init() {
        service = world.makeService()
    }

    private func create(_ code: String, event: Int64 = 1) throws(PaymentError) {
        _ = try service.create(code: code, event: EventID(event), by: StripeWorld.owner)
    }

    @Test func `every authorization is listed, the ended ones too, and its account can be shown`() throws {
        try create("ac_1")
        try create("ac_2", event: 2)
        _ = try service.delete(.event(.id(EventID(1))), by: StripeWorld.owner)
        let all = try service.authorizations()
        #expect(all.map(\.number.number) == [1, 2])
        #expect(all.map(\.state) == [.deleted, .present])
        let account = try #require(try service.account(of: all[1]))
        #expect(try service.accountID(account) == StripeAccountID("acct_USER"))
        #expect(account.authorizations == [StripeAuthorizationID(2)])
    }

    @Test func `an unknown exchange that is settled leaves the list, and its code stays blocked`() throws {
        world.stripe.answers(.timedOut)
        #expect(throws: PaymentError.self) { try create("ac_1") }
        let digest = try #require(try service.unknownExchanges().first).digest
        #expect(try service.settle(exchange: digest).result.state == .settled)
        #expect(try service.unknownExchanges().isEmpty)
        #expect(
            fault { () throws(PaymentError) in
                try service.create(code: "ac_1", event: EventID(1), by: StripeWorld.owner)
            } == .outcomeUnknown)
        #expect(world.stripe.codes == ["ac_1"])
        #expect(refusal { () throws(PaymentError) in try service.settle(exchange: digest) }?.code == .notFound)
        #expect(refusal { () throws(PaymentError) in try service.settle(exchange: "") }?.code == .notFound)
    }

    @Test func `an exchange whose end is known cannot be settled`() throws {
        try create("ac_1")
        let digest = FakeDigest.text(of: Array("ac_1".utf8))
        #expect(refusal { () throws(PaymentError) in try service.settle(exchange: digest) }?.code == .notFound)
    }

    @Test func `a deauthorization the operator did by hand is not tried again`() throws {
        try create("ac_1")
        world.stripe.deauthorizes(.failed("no answer"))
        _ = try service.delete(.event(.id(EventID(1))), by: StripeWorld.owner)
        let number = StripeAuthorizationID(1)
        _ = try service.settle(deauthorizationOf: number)
        #expect(try service.pendingDeauthorizations().isEmpty)
        #expect(try service.retryDeauthorizations() == (0, 0))
        #expect(refusal { () throws(PaymentError) in try service.settle(deauthorizationOf: number) }?.code == .notFound)
    }

    @Test func `a rotated key opens everything, and the old one is not needed any more`() throws {
        try create("ac_1")
        world.stripe.answers(.connected(.make(account: "acct_OTHER")))
        try create("ac_2", event: 2)
        world.stripe.deauthorizes(.failed("no answer"))
        _ = try service.delete(.event(.id(EventID(2))), by: StripeWorld.owner)

        let rotating = StripeWorld(
            repository: world.repository, sealing: FakeSealing(currentKey: "k2", known: ["k1", "k2"]))
        // Tokens of 1, nothing of the deleted 2; the accounts of both.
        #expect(try rotating.makeService().reseal() == Resealing(resealed: 3, untouched: 1))
        #expect(try rotating.makeService().reseal() == Resealing(resealed: 0, untouched: 4))

        let after = StripeWorld(repository: world.repository, sealing: FakeSealing(currentKey: "k2", known: ["k2"]))
        let service = after.makeService()
        #expect(try service.account(of: EventID(1)).result == StripeAccountID("acct_USER"))
        let token = try #require(try service.authorization(StripeAuthorizationID(1))?.accessToken)
        #expect(token.key == "k2")
        #expect(try after.sealing.open(token, for: "stripe-authorization:1:access_token") == Array("sk_test_ACC".utf8))
        #expect(try service.retryDeauthorizations() == (1, 0))
        #expect(after.stripe.deauthorized == [StripeAccountID("acct_OTHER")])
    }

    @Test func `what cannot be opened is named, and the rest is sealed anew`() throws {
        try create("ac_1")
        let rotated = StripeWorld(
            repository: world.repository, sealing: FakeSealing(currentKey: "k2", known: ["k2"]))
        let service = rotated.makeService()
        rotated.stripe.answers(.connected(.make(account: "acct_OTHER")))
        _ = try service.create(code: "ac_2", event: EventID(2), by: StripeWorld.owner)
        let result = try service.reseal()
        #expect(result.resealed == 0)
        #expect(result.untouched == 2)
        #expect(result.failed.map(\.kind.name) == ["stripe-authorization", "stripe-account"])
        #expect(refusal { () throws(PaymentError) in try service.account(of: EventID(1)) }?.code == .unavailable)
    }

    @Test(arguments: 0..<4)
    func `a rotation that broke off is repeated to its end`(after: Int) throws {
        try create("ac_1")
        world.stripe.answers(.connected(.make(account: "acct_OTHER")))
        try create("ac_2", event: 2)
        let rotating = StripeWorld(
            repository: world.repository, sealing: FakeSealing(currentKey: "k2", known: ["k1", "k2"]))
        world.repository.fails(WitnessRepository.Failure(code: .unavailable, after: after))
        #expect(throws: PaymentError.self) { try rotating.makeService().reseal() }
        world.repository.fails(nil)
        #expect(try rotating.makeService().reseal() == Resealing(resealed: 4 - after, untouched: after))
        let opening = StripeWorld(repository: world.repository, sealing: FakeSealing(currentKey: "k2", known: ["k2"]))
        #expect(try opening.makeService().account(of: EventID(1)).result == StripeAccountID("acct_USER"))
        #expect(try opening.makeService().account(of: EventID(2)).result == StripeAccountID("acct_OTHER"))
    }

    @Test func `a record that cannot be read is named, and keeps nobody from the rest`() throws {
        world.stripe.deauthorizes(.failed("no answer"))
        for event in [1, 2] as [Int64] {
            world.stripe.answers(.connected(.make(account: "acct_\(event)")))
            try create("ac_\(event)", event: event)
            _ = try service.delete(.event(.id(EventID(event))), by: StripeWorld.owner)
        }
        world.stripe.answers(.timedOut)
        for code in ["ac_3", "another_4"] { #expect(throws: PaymentError.self) { try create(code) } }
        let account = try #require(try service.pendingDeauthorizations().first).key
        let shelf = Shelf<StripeCode>.key(FakeDigest.text(of: Array("ac_3".utf8)))
        _ = try world.repository.transaction { transaction throws(PaymentError) in
            transaction.put(Newer(kind: account.kind, id: account.id.text))
            transaction.put(Newer(kind: shelf.kind, id: shelf.id.text))
        }
        #expect(try service.unreadable() == [shelf, account])
        #expect(try service.unknownExchanges().map(\.digest) == [FakeDigest.text(of: Array("another_4".utf8))])
        #expect(try service.pendingDeauthorizations().count == 1)
        #expect(try service.reseal().failed == [account])
        #expect(try world.makeService().recover() == 0)
        // The second one can be settled, and what cannot be read is sent to nobody.
        _ = try service.settle(deauthorizationOf: StripeAuthorizationID(2))
        world.stripe.deauthorizes(.done)
        #expect(try service.retryDeauthorizations() == (0, 1))
        world.stripe.answers(.connected(.make()))
        let sent = world.stripe.codes.count
        #expect(refusal { () throws(PaymentError) in try create("ac_3") }?.code == .unavailable)
        #expect(world.stripe.codes.count == sent)
        try create("fine_5")
    }

    @Test func `no token, code, state or account is ever put in clear`() throws {
        try create("ac_GOOD")
        world.stripe.answers(.refused("Authorization code does not exist: ac_BAD"))
        #expect(throws: PaymentError.self) { try create("ac_BAD", event: 2) }
        world.stripe.answers(.timedOut)
        #expect(throws: PaymentError.self) { try create("ac_LATE", event: 2) }
        world.stripe.answers(.connected(.make(isLive: true)))
        #expect(throws: PaymentError.self) { try create("ac_LIVE", event: 2) }
        world.stripe.answers(.connected(.make()))
        _ = try service.update(.event(.id(EventID(1))), code: "ac_NEW", event: nil, by: StripeWorld.owner)
        let state = try service.connect(EventReference("2"), by: StripeWorld.owner).result.state
        _ = try service.callback(state: state, by: nil, answer: .code("ac_BROWSER"))
        world.stripe.deauthorizes(.failed("acct_USER"))
        for event in [1, 2] as [Int64] { _ = try service.delete(.event(.id(EventID(event))), by: StripeWorld.owner) }
        _ = try service.reseal()
        #expect(world.repository.written.count > 30)
        for secret in ["sk_test", "rt_REF", "acct_", "ac_", state] {
            #expect(!world.repository.wrote(secret), "\(secret)")
        }
        #expect(world.repository.wrote("pk_test_PUB"), "the witness sees what is in clear")
        let texts = world.takeNotices().filter { notice in
            if case .deauthorizationPending = notice { return false }
            return true
        }.map(\.text)
        #expect(texts.count == 2)
        #expect(!texts.contains { $0.contains("ac_") || $0.contains("acct_") })
    }
}
