import Testing

@testable import Payments

@Suite struct StripeUpdateAndDeleteTests {
    let world = StripeWorld()
    let service: StripeAuthorizations

    init() {
        service = world.makeService()
    }

    private func create(_ code: String = "ac_1", event: Int64 = 1) throws -> LinkedStripe {
        try service.create(code: code, event: EventID(event), by: StripeWorld.owner).result
    }

    private static let first = StripeAuthorizationReference.id(StripeAuthorizationID(1))

    // MARK: Read

    @Test(arguments: [
        first, .event(.id(EventID(1))), .event(.identifier(EventIdentifier("ev000001x"))),
    ])
    func `an authorization is found by its number, its event and its identifier`(
        reference: StripeAuthorizationReference
    ) throws {
        let link = try create()
        #expect(try service.read(reference, by: StripeWorld.coorganizer).result == link)
        #expect(
            fault { () throws(PaymentError) in try service.read(reference, by: StripeWorld.stranger) }
                == .forbiddenRole)
        #expect(
            fault { () throws(PaymentError) in
                try service.update(reference, code: nil, event: nil, by: StripeWorld.coorganizer)
            } == .forbiddenRole)
        #expect(
            fault { () throws(PaymentError) in try service.delete(reference, by: StripeWorld.coorganizer) }
                == .forbiddenRole)
        #expect(try service.link(of: EventID(1)).result == link)
    }

    @Test(arguments: [
        (first, ConnectionFault.authorizationNotFound, "Object Not Found"),
        (.event(.id(EventID(6))), .noAuthorizationOfEvent, "StripeAuthorization: 6 not found"),
        (.event(.id(EventID(9999))), .noAuthorizationOfEvent, "StripeAuthorization: 9999 not found"),
        (.event(.identifier(EventIdentifier("nope"))), .unknownIdentifier, "Event: nope not found"),
    ])
    func `what is not there is told as the contract tells it`(
        reference: StripeAuthorizationReference, expected: ConnectionFault, sentence: String
    ) {
        let calls: [(PaymentError?)] = [
            refusal { () throws(PaymentError) in try service.read(reference, by: StripeWorld.owner) },
            refusal { () throws(PaymentError) in
                try service.update(reference, code: "ac", event: nil, by: StripeWorld.owner)
            },
            refusal { () throws(PaymentError) in try service.delete(reference, by: StripeWorld.owner) },
        ]
        for error in calls {
            #expect(error?.code == .connection(expected))
            #expect(error?.message == sentence)
        }
        #expect(world.stripe.codes.isEmpty)
    }

    @Test func `the authorization of an event that vanished is the admin's to clean up`() throws {
        _ = try create()
        world.configure(events: .empty)
        #expect(
            fault { () throws(PaymentError) in try service.read(Self.first, by: StripeWorld.admin) }
                == .forbiddenRole, "the admin vanished as well")
        world.configure(events: try .parsing(#"{"users":[{"id":5,"name":"a","isAdmin":true}],"events":[]}"#))
        #expect(
            fault { () throws(PaymentError) in
                try service.read(.event(.id(EventID(1))), by: StripeWorld.owner)
            } == .noAuthorizationOfEvent)
        #expect(try service.read(Self.first, by: StripeWorld.admin).result.event == EventID(1))
        _ = try service.delete(.event(.id(EventID(1))), by: StripeWorld.admin)
        #expect(try service.authorization(StripeAuthorizationID(1))?.state == .deleted)
    }

    // MARK: Update

    @Test func `an update without a code changes nothing`() throws {
        let link = try create()
        let written = world.repository.written.count
        for event in [nil, EventID(1)] {
            #expect(try service.update(Self.first, code: nil, event: event, by: StripeWorld.organizer).result == link)
        }
        #expect(world.repository.written.count == written)
        #expect(world.stripe.codes == ["ac_1"])
    }

    @Test(arguments: ["ac_2", nil] as [String?])
    func `an update never moves an authorization`(code: String?) throws {
        _ = try create()
        #expect(
            fault { () throws(PaymentError) in
                try service.update(Self.first, code: code, event: EventID(2), by: StripeWorld.owner)
            } == .eventFixed)
        #expect(world.stripe.codes == ["ac_1"])
    }

    @Test func `a new code replaces the credentials and keeps the number`() throws {
        _ = try create()
        world.clock.advance(minutes: 1)
        var credentials = StripeCredentials.make(publishableKey: "pk_test_NEW")
        credentials.accessToken = Array("sk_test_NEW".utf8)
        credentials.refreshToken = nil
        world.stripe.answers(.connected(credentials))
        let link = try service.update(Self.first, code: "ac_2", event: nil, by: StripeWorld.organizer).result
        #expect(link == LinkedStripe(id: StripeAuthorizationID(1), event: EventID(1), publishableKey: "pk_test_NEW"))
        #expect(world.stripe.codes == ["ac_1", "ac_2"])
        let stored = try #require(try service.authorization(link.id))
        let token = try #require(stored.accessToken)
        #expect(try world.sealing.open(token, for: "stripe-authorization:1:access_token") == Array("sk_test_NEW".utf8))
        #expect(stored.refreshToken == nil)
        #expect(stored.connectedBy == StripeWorld.organizer)
        #expect(stored.history.connected == stored.history.created + 60_000)
        #expect(world.stripe.deauthorized.isEmpty, "it is the same account")
    }

    @Test(arguments: [
        (StripeExchange.refused("no"), ConnectionFault.stripeRefused), (.timedOut, .timedOut),
        (.unreachable, .unreachable), (.unusableAnswer, .unusableAnswer), (.tooManyAttempts, .tooManyAttempts),
        (.platformRefused, .platformNotConfigured), (.connected(.make(isLive: true)), .modeMismatch),
    ])
    func `an update that fails keeps the old credentials`(
        answer: StripeExchange, expected: ConnectionFault
    ) throws {
        let link = try create()
        let before = try #require(try service.authorization(link.id)).encoded
        world.stripe.answers(answer)
        #expect(
            fault { () throws(PaymentError) in
                try service.update(Self.first, code: "ac_2", event: nil, by: StripeWorld.owner)
            } == expected)
        #expect(try service.authorization(link.id)?.encoded == before)
        #expect(try service.link(of: EventID(1)).result == link)
        world.stripe.answers(.connected(.make(publishableKey: "pk_test_NEW")))
        _ = try service.update(Self.first, code: "ac_3", event: nil, by: StripeWorld.owner)
        #expect(try service.link(of: EventID(1)).result?.publishableKey == "pk_test_NEW")
    }

    @Test func `an update to another account lets go of the old one, if nothing else uses it`() throws {
        _ = try create()
        _ = try create("ac_2", event: 2)
        world.stripe.answers(.connected(.make(account: "acct_NEW")))
        _ = try service.update(Self.first, code: "ac_3", event: nil, by: StripeWorld.owner)
        #expect(world.stripe.deauthorized.isEmpty)
        _ = try service.update(.event(.id(EventID(2))), code: "ac_4", event: nil, by: StripeWorld.owner)
        #expect(world.stripe.deauthorized == [StripeAccountID("acct_USER")])
        #expect(try service.account(of: EventID(1)).result == StripeAccountID("acct_NEW"))
    }

    @Test func `an update needs an event that takes Stripe payments, and the platform's keys`() throws {
        _ = try create()
        world.configure(hasPlatform: false)
        #expect(
            fault { () throws(PaymentError) in
                try service.update(Self.first, code: "ac_2", event: nil, by: StripeWorld.owner)
            } == .platformNotConfigured)
        let text = """
            {"users":[{"id":1,"name":"o"}],"events":[{"id":1,"identifier":"e","name":"n","owner":1}]}
            """
        world.configure(events: try .parsing(text))
        #expect(
            fault { () throws(PaymentError) in
                try service.update(Self.first, code: "ac_2", event: nil, by: StripeWorld.owner)
            } == .stripeDisabled)
        #expect(world.stripe.codes == ["ac_1"])
    }

    // MARK: Delete

    @Test func `a deleted authorization is gone, without tokens, and the event may be connected again`() throws {
        let link = try create()
        _ = try service.delete(Self.first, by: StripeWorld.organizer)
        #expect(
            fault { () throws(PaymentError) in try service.read(Self.first, by: StripeWorld.owner) }
                == .authorizationNotFound)
        #expect(
            fault { () throws(PaymentError) in try service.delete(Self.first, by: StripeWorld.owner) }
                == .authorizationNotFound)
        #expect(try service.link(of: EventID(1)).result == nil)
        let tombstone = try #require(try service.authorization(link.id))
        #expect(tombstone.state == .deleted)
        #expect(tombstone.accessToken == nil && tombstone.refreshToken == nil && tombstone.publishableKey == nil)
        #expect(try service.account(of: tombstone)?.sealedID == nil)
        #expect(world.stripe.deauthorized == [StripeAccountID("acct_USER")])
        #expect(try create("ac_2").id == StripeAuthorizationID(2))
    }

    @Test func `Stripe is told when the last event that uses an account lets go of it`() throws {
        for event in [1, 2, 3] as [Int64] { _ = try create("ac_\(event)", event: event) }
        for event in [2, 1] as [Int64] {
            _ = try service.delete(.event(.id(EventID(event))), by: StripeWorld.owner)
            #expect(world.stripe.deauthorized.isEmpty)
        }
        _ = try service.delete(.event(.id(EventID(3))), by: StripeWorld.owner)
        #expect(world.stripe.deauthorized == [StripeAccountID("acct_USER")])
        #expect(try service.pendingDeauthorizations().isEmpty)
    }

    @Test func `a deletion stands when Stripe cannot be told, and the telling is done later`() throws {
        let link = try create()
        world.stripe.deauthorizes(.failed("no answer"))
        _ = try service.delete(Self.first, by: StripeWorld.owner)
        #expect(try service.link(of: EventID(1)).result == nil)
        #expect(world.takeNotices() == [.deauthorizationPending(link.id, reason: "no answer")])
        let pending = try #require(try service.pendingDeauthorizations().first)
        #expect(pending.deauthorization?.authorization == link.id)
        #expect(pending.deauthorization?.failures == 1)
        #expect(try service.retryDeauthorizations() == (0, 1))
        world.stripe.deauthorizes(.done)
        #expect(try service.retryDeauthorizations() == (1, 0))
        #expect(try service.retryDeauthorizations() == (0, 0))
        #expect(world.stripe.deauthorized.count == 3)
        #expect(try service.pendingDeauthorizations().isEmpty)
    }

    @Test func `a repetition that comes while Stripe is being told does not tell it again`() throws {
        _ = try create()
        world.stripe.deauthorizes(.done, after: 200)
        let results = together(2) { index in
            guard index == 1 else { return (try? service.delete(Self.first, by: StripeWorld.owner)) != nil }
            // The deletion's own telling has begun by then.
            while world.stripe.deauthorized.isEmpty { _ = Semaphore().wait(milliseconds: 1) }
            return (try? service.retryDeauthorizations())?.left == 0
        }
        #expect(results == [true, true])
        #expect(world.stripe.deauthorized.count == 1)
        #expect(try service.pendingDeauthorizations().isEmpty)
    }

    @Test func `a deletion stands without the platform's keys`() throws {
        _ = try create()
        world.configure(hasPlatform: false)
        _ = try service.delete(Self.first, by: StripeWorld.owner)
        #expect(try service.pendingDeauthorizations().count == 1)
        world.configure()
        #expect(try service.retryDeauthorizations() == (1, 0))
        #expect(world.stripe.deauthorized == [StripeAccountID("acct_USER")])
    }

    @Test func `an account that was connected again is not let go of`() throws {
        _ = try create()
        world.stripe.deauthorizes(.failed("no answer"))
        _ = try service.delete(Self.first, by: StripeWorld.owner)
        world.stripe.deauthorizes(.done)
        _ = try create("ac_2")
        #expect(try service.pendingDeauthorizations().isEmpty)
        #expect(try service.retryDeauthorizations() == (0, 0))
        #expect(world.stripe.deauthorized.count == 1)
        #expect(try service.account(of: EventID(1)).result == StripeAccountID("acct_USER"))
    }

    @Test func `a crash between a deletion and the telling is made up for`() throws {
        _ = try create()
        // Its own transaction is the last that is stored.
        world.repository.fails(.init(code: .unavailable, after: 1))
        _ = try service.delete(Self.first, by: StripeWorld.owner)
        world.repository.fails(nil)
        #expect(try world.makeService().pendingDeauthorizations().count == 1)
        #expect(try world.makeService().retryDeauthorizations() == (1, 0))
    }
}
