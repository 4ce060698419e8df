import Testing

@testable import Payments

@Suite struct StripeCreateTests {
    let world = StripeWorld()
    let service: StripeAuthorizations

    init() {
        service = world.makeService()
    }

    private func create(
        _ code: String = "ac_ABC", event: Int64 = 1, by user: UserID = StripeWorld.owner
    ) throws(PaymentError) -> LinkedStripe {
        try service.create(code: code, event: EventID(event), by: user).result
    }

    @Test(arguments: [StripeWorld.owner, StripeWorld.organizer, StripeWorld.admin])
    func `who manages an event connects it with one exchange`(user: UserID) throws {
        let link = try create(by: user)
        #expect(link == LinkedStripe(id: StripeAuthorizationID(1), event: EventID(1), publishableKey: "pk_test_PUB"))
        #expect(world.stripe.codes == ["ac_ABC"])
        #expect(try service.link(of: EventID(1)).result == link)
        #expect(try service.account(of: EventID(1)).result == StripeAccountID("acct_USER"))
        #expect(try service.authorization(link.id)?.connectedBy == user)
        #expect(world.takeNotices().isEmpty)
    }

    @Test(
        arguments: [
            (StripeWorld.coorganizer, 1, ConnectionFault.forbiddenRole), (StripeWorld.stranger, 1, .forbiddenRole),
            (UserID(77), 1, .forbiddenRole), (StripeWorld.owner, 9999, .forbiddenRole),
            (StripeWorld.admin, 9999, .eventNotFound), (StripeWorld.owner, 5, .stripeDisabled),
        ] as [(UserID, Int64, ConnectionFault)])
    func `what stands against it before the exchange is refused without a call`(
        user: UserID, event: Int64, expected: ConnectionFault
    ) throws {
        #expect(fault { () throws(PaymentError) in try create(event: event, by: user) } == expected)
        #expect(world.stripe.codes.isEmpty)
        #expect(world.repository.written.isEmpty)
    }

    @Test func `the sentences are those of the contract`() {
        let unknown = refusal { () throws(PaymentError) in try create(event: 9999, by: StripeWorld.admin) }
        #expect(unknown?.message == "Event.id: 9999 not found")
        let stranger = refusal { () throws(PaymentError) in try create(by: StripeWorld.stranger) }
        #expect(stranger?.message == "Minimum Organizer access required")
    }

    @Test func `a second create for the event conflicts, also when the platform's keys went`() throws {
        _ = try create()
        #expect(fault { () throws(PaymentError) in try create("ac_2") } == .alreadyExists)
        world.configure(hasPlatform: false)
        #expect(fault { () throws(PaymentError) in try create("ac_2") } == .alreadyExists)
        #expect(world.stripe.codes == ["ac_ABC"])
    }

    @Test func `without the platform's keys nothing is sent, and the operator hears of it`() throws {
        world.configure(hasPlatform: false)
        #expect(fault { () throws(PaymentError) in try create() } == .platformNotConfigured)
        #expect(world.takeNotices() == [.platformMissing(EventID(1))])
        world.configure()
        #expect(try create().id == StripeAuthorizationID(1))
    }

    @Test func `a code connects once, whichever event it is meant for`() throws {
        _ = try create()
        #expect(fault { () throws(PaymentError) in try create(event: 2) } == .codeUsed)
        _ = try service.delete(.event(.id(EventID(1))), by: StripeWorld.owner)
        #expect(fault { () throws(PaymentError) in try create() } == .codeUsed)
        #expect(world.stripe.codes == ["ac_ABC"])
        #expect(try create("ac_NEW").id == StripeAuthorizationID(2))
    }

    @Test func `Stripe's refusal is told, and told again without another call`() throws {
        let sentence = "Authorization code already used: ac_ABC (caf\u{E9})"
        world.stripe.answers(.refused(sentence))
        for event in [1, 1, 2] as [Int64] {
            let error = refusal { () throws(PaymentError) in try create(event: event) }
            #expect(error?.code == .connection(.stripeRefused))
            #expect(error?.message == sentence)
        }
        #expect(world.stripe.codes == ["ac_ABC"])
        #expect(try service.link(of: EventID(1)).result == nil)
        #expect(!world.repository.wrote("ac_ABC"))
        world.stripe.answers(.connected(.make()))
        #expect(try create("ac_NEW").id == StripeAuthorizationID(1))
    }

    @Test(arguments: [
        (StripeExchange.tooManyAttempts, ConnectionFault.tooManyAttempts), (.unreachable, .unreachable),
        (.platformRefused, .platformNotConfigured),
    ])
    func `a code that was not used may be sent again`(answer: StripeExchange, expected: ConnectionFault) throws {
        world.stripe.answers(answer)
        #expect(fault { () throws(PaymentError) in try create() } == expected)
        #expect(try service.unknownExchanges().isEmpty)
        world.stripe.answers(.connected(.make()))
        #expect(try create(event: 2).event == EventID(2))
        #expect(try service.link(of: EventID(1)).result == nil)
        #expect(world.stripe.codes == ["ac_ABC", "ac_ABC"])
    }

    @Test(arguments: [
        StripeExchange.connected(.make()), .connected(.make(isLive: true)), .refused("no"), .unreachable,
        .tooManyAttempts, .platformRefused,
    ])
    func `an exchange whose end is known is not kept among those without`(answer: StripeExchange) throws {
        world.stripe.answers(answer)
        _ = try? create()
        #expect(world.repository.wrote(#""exchanges":[""#), "it was there while it was under way")
        #expect(try service.ledger().exchanges.isEmpty)
    }

    @Test(arguments: [
        (StripeExchange.timedOut, ConnectionFault.timedOut), (.unusableAnswer, .unusableAnswer),
    ])
    func `an unknown outcome blocks its code and nothing else`(
        answer: StripeExchange, expected: ConnectionFault
    ) throws {
        world.stripe.answers(answer)
        #expect(fault { () throws(PaymentError) in try create() } == expected)
        let unknown = try service.unknownExchanges()
        #expect(unknown.map(\.event) == [EventID(1)])
        #expect(unknown.map(\.state) == [.unknown])
        #expect(world.takeNotices() == unknown.map { .outcomeUnknown(EventID(1), exchange: $0.digest) })
        world.stripe.answers(.connected(.make()))
        #expect(fault { () throws(PaymentError) in try create() } == .outcomeUnknown)
        #expect(fault { () throws(PaymentError) in try create(event: 2) } == .outcomeUnknown)
        _ = try create("ac_NEW")
        #expect(world.stripe.codes == ["ac_ABC", "ac_NEW"])
        #expect(try service.unknownExchanges().count == 1)
    }

    @Test(arguments: [false, true])
    func `an account of the other mode is not stored`(isLive: Bool) throws {
        world.configure(isLive: isLive)
        world.stripe.answers(.connected(.make(isLive: !isLive)))
        #expect(fault { () throws(PaymentError) in try create() } == .modeMismatch)
        #expect(fault { () throws(PaymentError) in try create() } == .modeMismatch)
        #expect(world.stripe.codes == ["ac_ABC"])
        #expect(world.takeNotices() == [.modeMismatch(EventID(1), isLive: !isLive)])
        #expect(try service.authorizations().isEmpty)
        #expect(try service.unknownExchanges().isEmpty)
        #expect(!world.repository.wrote("pk_test_PUB"))
    }

    @Test(arguments: [nil, ""] as [String?])
    func `the platform's publishable key stands in for a missing one`(key: String?) throws {
        var credentials = StripeCredentials.make(publishableKey: key)
        credentials.accessToken = nil
        credentials.refreshToken = nil
        world.stripe.answers(.connected(credentials))
        #expect(try create().publishableKey == "pk_test_PLAT")
        world.configure(hasPlatform: false)
        #expect(try service.link(of: EventID(1)).result?.publishableKey == nil)
        #expect(try service.link(of: EventID(1)).result != nil)
    }

    @Test func `another mode has events and authorizations of its own`() throws {
        let test = try create()
        world.configure(isLive: true)
        #expect(try service.link(of: EventID(1)).result == nil)
        #expect(
            fault { () throws(PaymentError) in try service.read(.id(test.id), by: StripeWorld.owner) }
                == .authorizationNotFound)
        world.stripe.answers(.connected(.make(isLive: true)))
        #expect(try create("ac_LIVE").id == StripeAuthorizationID(2))
        world.configure()
        #expect(try service.link(of: EventID(1)).result?.id == test.id)
    }

    @Test(arguments: ["", String(repeating: "a", count: 1001)])
    func `what cannot be a code is not sent`(code: String) {
        #expect(refusal { () throws(PaymentError) in try create(code) }?.code == .invalid)
        #expect(world.stripe.codes.isEmpty)
    }

    @Test func `codes that differ only in Unicode normalisation are different codes`() throws {
        _ = try create("caf\u{E9}")
        #expect(try create("cafe\u{301}", event: 2).event == EventID(2))
    }
}
