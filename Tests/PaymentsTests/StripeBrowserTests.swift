import Testing

@testable import Payments

@Suite struct StripeBrowserTests {
    let world = StripeWorld()
    let service: StripeAuthorizations

    init() {
        service = world.makeService()
    }

    private func connect(_ event: String = "1", by user: UserID = StripeWorld.owner) throws(PaymentError) -> String {
        try service.connect(EventReference(event), by: user).result.state
    }

    private func callback(
        _ state: String, by user: UserID? = nil, _ answer: StripeCallbackAnswer = .code("ac_1")
    ) throws(PaymentError) -> StripeCallbackResult {
        try service.callback(state: state, by: user, answer: answer).result
    }

    @Test(arguments: ["1", "ev000001x"])
    func `the way through the browser connects the event`(event: String) throws {
        let start = try service.connect(EventReference(event), by: StripeWorld.organizer).result
        #expect(start.clientID == "ca_demo")
        #expect(start.event == EventID(1))
        let result = try callback(start.state, by: StripeWorld.organizer)
        guard case .connected(let link) = result.outcome else {
            Issue.record("not connected")
            return
        }
        #expect(link.event == EventID(1))
        #expect(try service.authorization(link.id)?.connectedBy == StripeWorld.organizer)
        #expect(!world.repository.wrote(start.state), "a state is stored hashed")
    }

    @Test func `a state is good once`() throws {
        let state = try connect()
        _ = try callback(state)
        #expect(fault { () throws(PaymentError) in try callback(state, by: nil, .code("ac_2")) } == .stateInvalid)
        #expect(world.stripe.codes == ["ac_1"])
    }

    @Test func `a refusal consumes the state and exchanges nothing`() throws {
        let state = try connect()
        let result = try callback(state, by: nil, .denied("The user denied your request"))
        guard case .denied("The user denied your request") = result.outcome else {
            Issue.record("not denied")
            return
        }
        #expect(result.event == EventID(1))
        #expect(fault { () throws(PaymentError) in try callback(state) } == .stateInvalid)
        #expect(world.stripe.codes.isEmpty)
    }

    @Test func `a state is good for ten minutes`() throws {
        let early = try connect()
        world.clock.advance(minutes: 9)
        let late = try connect()
        #expect(try callback(early).event == EventID(1))
        world.clock.advance(minutes: 10)
        #expect(fault { () throws(PaymentError) in try callback(late) } == .stateInvalid)
        #expect(world.stripe.codes == ["ac_1"])
    }

    @Test func `a state is its user's only`() throws {
        let state = try connect()
        #expect(fault { () throws(PaymentError) in try callback(state, by: StripeWorld.organizer) } == .stateInvalid)
        #expect(world.stripe.codes.isEmpty)
        #expect(try callback(state, by: StripeWorld.owner).event == EventID(1))
    }

    @Test(arguments: ["", "unknown", String(repeating: "x", count: 100_000)])
    func `a state we did not make is refused`(state: String) {
        #expect(fault { () throws(PaymentError) in try callback(state) } == .stateInvalid)
    }

    @Test func `a state of the other mode is refused`() throws {
        let state = try connect()
        world.configure(isLive: true)
        #expect(fault { () throws(PaymentError) in try callback(state) } == .stateInvalid)
    }

    @Test func `the state is consumed before the code is exchanged`() throws {
        let state = try connect()
        let service = service
        let world = world
        world.stripe.answers { _ in
            let again = fault { () throws(PaymentError) in
                try service.callback(state: state, by: nil, answer: .code("ac_2"))
            }
            return again == .stateInvalid && world.repository.wrote(#""consumed":"#)
                ? .connected(.make()) : .refused("")
        }
        guard case .connected = try callback(state).outcome else {
            Issue.record("the state could be used twice")
            return
        }
    }

    @Test func `what goes wrong after a good state is part of the result`() throws {
        world.stripe.answers(.refused("Authorization code expired"))
        guard case .failed(let refused) = try callback(try connect()).outcome else {
            Issue.record("not failed")
            return
        }
        #expect(refused.message == "Authorization code expired")
        let state = try connect()
        world.configure(events: .empty)
        guard case .failed(let forbidden) = try callback(state).outcome else {
            Issue.record("not failed")
            return
        }
        #expect(forbidden.code == .connection(.forbiddenRole), "the role is asked for again")
    }

    @Test(arguments: [
        ("1", StripeWorld.coorganizer, ConnectionFault.forbiddenRole), ("5", StripeWorld.owner, .stripeDisabled),
        ("9999", StripeWorld.admin, .eventNotFound), ("9999", StripeWorld.owner, .forbiddenRole),
        ("nope", StripeWorld.owner, .unknownIdentifier),
    ])
    func `what a create would refuse, the beginning refuses`(
        event: String, user: UserID, expected: ConnectionFault
    ) {
        #expect(fault { () throws(PaymentError) in try connect(event, by: user) } == expected)
        #expect(world.repository.written.isEmpty)
    }

    @Test func `a connected event or a platform without keys begins nothing`() throws {
        world.configure(hasPlatform: false)
        #expect(fault { () throws(PaymentError) in try connect() } == .platformNotConfigured)
        #expect(world.takeNotices() == [.platformMissing(EventID(1))])
        world.configure()
        _ = try callback(try connect())
        #expect(fault { () throws(PaymentError) in try connect() } == .alreadyExists)
    }
}
