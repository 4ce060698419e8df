import Testing

@testable import Payments

@Suite struct StripeWebhookTests {
    let world = StripeWorld()
    let service: StripeAuthorizations

    init() {
        service = world.makeService()
    }

    private func create(_ code: String, event: Int64 = 1) throws {
        _ = try service.create(code: code, event: EventID(event), by: StripeWorld.owner)
    }

    private func receive(
        _ id: String = "evt_1", type: String = "account.application.deauthorized", account: String? = "acct_USER",
        isLive: Bool = false, created: Int64? = 1_700_000_000
    ) throws -> StripeWebhookResult {
        try service.receive(
            StripeWebhookEvent(
                id: id, type: type, account: account.map { StripeAccountID($0) }, isLive: isLive, created: created)
        ).result
    }

    @Test func `a disconnected account takes all its authorizations along, and only those`() throws {
        try create("ac_1")
        try create("ac_2", event: 2)
        world.stripe.answers(.connected(.make(account: "acct_OTHER")))
        try create("ac_3", event: 3)
        #expect(try receive() == .applied(dropped: 2))
        #expect(try service.link(of: EventID(1)).result == nil)
        #expect(try service.link(of: EventID(2)).result == nil)
        #expect(try service.link(of: EventID(3)).result != nil)
        let stored = try #require(try service.authorization(StripeAuthorizationID(1)))
        #expect(stored.state == .disconnected)
        #expect(stored.accessToken == nil && stored.refreshToken == nil)
        #expect(world.stripe.deauthorized.isEmpty, "Stripe knows")
        #expect(world.takeNotices().count == 2)
    }

    @Test func `an event is applied once, also after the account was connected again`() throws {
        try create("ac_1")
        #expect(try receive() == .applied(dropped: 1))
        #expect(try receive() == .repeated)
        try create("ac_2")
        #expect(
            try world.makeService().receive(
                StripeWebhookEvent(
                    id: "evt_1", type: "account.application.deauthorized", account: StripeAccountID("acct_USER"),
                    isLive: false, created: nil)
            ).result == .repeated)
        #expect(try service.link(of: EventID(1)).result != nil)
        #expect(try receive("evt_2") == .applied(dropped: 1))
    }

    @Test func `an event about an account nobody knows is remembered as applied`() throws {
        #expect(try receive() == .applied(dropped: 0))
        try create("ac_1")
        #expect(try receive() == .repeated)
        #expect(try service.link(of: EventID(1)).result != nil)
    }

    @Test func `events of other types, accounts and modes change nothing`() throws {
        try create("ac_1")
        let written = world.repository.written.count
        #expect(try receive(type: "payment_intent.succeeded") == .ignored)
        #expect(try receive(account: nil) == .ignored)
        #expect(world.repository.written.count == written)
        #expect(try receive("evt_2", account: "acct_user") == .applied(dropped: 0))
        #expect(try receive("evt_3", isLive: true) == .applied(dropped: 0))
        #expect(try service.link(of: EventID(1)).result != nil)
    }

    @Test func `hundreds of events of one account are dropped, each once`() throws {
        let users: [UserID: EventUser] = [
            StripeWorld.owner: EventUser(id: StripeWorld.owner, name: "owner", isAdmin: true)
        ]
        var events: [EventID: OrganizedEvent] = [:]
        for number in 1...250 as ClosedRange<Int64> {
            events[EventID(number)] = OrganizedEvent(
                id: EventID(number), identifier: EventIdentifier("e\(number)"), name: "n", canPayByStripe: true,
                owner: StripeWorld.owner, organizers: [], coorganizers: [])
        }
        world.configure(events: EventDirectory(events: events, identifiers: [:], users: users))
        for number in 1...250 as ClosedRange<Int64> { try create("ac_\(number)", event: number) }
        #expect(try receive() == .applied(dropped: 250))
        #expect(try service.authorizations().allSatisfy { $0.state == .disconnected })
        #expect(try receive() == .repeated)
    }

    @Test func `a pending deauthorization is over when Stripe says so itself`() throws {
        try create("ac_1")
        world.stripe.deauthorizes(.failed("no answer"))
        _ = try service.delete(.event(.id(EventID(1))), by: StripeWorld.owner)
        #expect(try receive() == .applied(dropped: 0))
        #expect(try service.pendingDeauthorizations().isEmpty)
        #expect(try service.retryDeauthorizations() == (0, 0))
    }

    @Test func `the echo of our own deauthorization does not drop what was connected after it`() throws {
        try create("ac_1")
        _ = try service.delete(.event(.id(EventID(1))), by: StripeWorld.owner)
        let deauthorized = world.clock.clock.milliseconds() / 1000
        world.clock.advance(minutes: 1)
        try create("ac_2")
        #expect(try receive("evt_echo", created: deauthorized) == .applied(dropped: 0))
        #expect(try service.link(of: EventID(1)).result != nil)
        world.clock.advance(minutes: 1)
        let later = world.clock.clock.milliseconds() / 1000
        #expect(try receive("evt_real", created: later) == .applied(dropped: 1))
    }

    @Test(arguments: [Int64.max, .min, 0])
    func `no time of an event can do harm`(created: Int64) throws {
        try create("ac_1")
        _ = try service.delete(.event(.id(EventID(1))), by: StripeWorld.owner)
        try create("ac_2")
        #expect(try receive(created: created) == .applied(dropped: 1))
    }

    @Test(arguments: ["", String(repeating: "e", count: 256)])
    func `an id that cannot be one is refused`(id: String) {
        #expect(
            refusal { () throws(PaymentError) in
                try service.receive(StripeWebhookEvent(id: id, type: "t", account: nil, isLive: false, created: nil))
            }?.code == .invalid)
    }
}
