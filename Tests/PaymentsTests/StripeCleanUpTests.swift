import Testing

@testable import Payments

/// What the store lets go of, and what it never does.
@Suite struct StripeCleanUpTests {
    let world = StripeWorld()
    let service: StripeAuthorizations

    private static let day: Int64 = 24 * 3600 * 1000

    init() {
        service = world.makeService()
    }

    private func create(_ code: String, event: Int64 = 1) throws(PaymentError) {
        _ = try service.create(code: code, event: EventID(event), by: StripeWorld.owner)
    }

    private func digest(_ text: String) -> String { FakeDigest.text(of: Array(text.utf8)) }

    private func code(_ text: String) throws -> StripeCode? { try service.code(digest(text)) }

    /// A text whose digest stands on the same shelf as that of `neighbour`.
    private func besides(_ neighbour: String, _ prefix: String) -> String {
        let shelf = digest(neighbour).prefix(3)
        return (0...).lazy.map { "\(prefix)\($0)" }.first { digest($0).prefix(3) == shelf } ?? ""
    }

    /// Puts something on the shelf of that code, which is when the shelf is cleared.
    private func touch(_ neighbour: String) {
        world.stripe.answers(.refused("no"))
        _ = fault { () throws(PaymentError) in
            try create(besides(neighbour, "touch\(world.stripe.codes.count)-"), event: 3)
        }
    }

    @Test func `a refused code is remembered for a week, and then let go of`() throws {
        world.stripe.answers(.refused("no"))
        #expect(fault { () throws(PaymentError) in try create("ac_1") } == .stripeRefused)
        world.clock.advance(milliseconds: StripeCode.keptMilliseconds)
        touch("ac_1")
        #expect(try code("ac_1")?.state == .refused)
        let sent = world.stripe.codes.count
        #expect(fault { () throws(PaymentError) in try create("ac_1") } == .stripeRefused)
        #expect(world.stripe.codes.count == sent, "not sent again")
        world.clock.advance(milliseconds: Self.day)
        touch("ac_1")
        #expect(try code("ac_1") == nil)
    }

    @Test(arguments: [StripeExchange.timedOut, .unusableAnswer])
    func `an unknown code is never let go of, settled or not`(answer: StripeExchange) throws {
        world.stripe.answers(answer)
        #expect(throws: PaymentError.self) { try create("ac_1") }
        world.clock.advance(milliseconds: 400 * Self.day)
        touch("ac_1")
        #expect(try code("ac_1")?.state == .unknown)
        _ = try service.settle(exchange: digest("ac_1"))
        world.clock.advance(milliseconds: 400 * Self.day)
        touch("ac_1")
        #expect(try code("ac_1")?.state == .settled)
    }

    @Test func `the code of an account in use stays as long as it is used, by whichever event`() throws {
        try create("ac_1")
        try create("ac_2", event: 2)
        world.clock.advance(milliseconds: 400 * Self.day)
        touch("ac_1")
        #expect(try code("ac_1")?.state == .connected)
        _ = try service.delete(.event(.id(EventID(1))), by: StripeWorld.owner)
        touch("ac_1")
        #expect(try code("ac_1")?.state == .connected, "event 2 has the same account")
        #expect(fault { () throws(PaymentError) in try create("ac_1") } == .codeUsed)
        _ = try service.delete(.event(.id(EventID(2))), by: StripeWorld.owner)
        touch("ac_1")
        #expect(try code("ac_1") == nil)
    }

    @Test func `a state of the browser goes when its time is over, consumed or not`() throws {
        let first = try service.connect(.id(EventID(1)), by: StripeWorld.owner).result.state
        let shelf = Shelf<StripeConnectState>.key(digest(first))
        func stands(_ state: String) throws -> Bool {
            try world.repository.transaction { transaction throws(PaymentError) in
                try transaction.shelved(StripeConnectState.self, digest(state)) != nil
            }.result
        }
        world.clock.advance(milliseconds: StripeConnectState.lifetimeMilliseconds - 1)
        try world.shelve(onto: shelf)
        #expect(try stands(first))
        world.clock.advance(milliseconds: 1)
        try world.shelve(onto: shelf)
        #expect(try !stands(first))
        #expect(
            fault { () throws(PaymentError) in
                try service.callback(state: first, by: nil, answer: .code("ac_1"))
            } == .stateInvalid)
    }

    @Test func `an applied event is remembered for thirty days`() throws {
        func receive(_ id: String) throws -> StripeWebhookResult {
            try service.receive(
                StripeWebhookEvent(
                    id: id, type: "account.application.deauthorized", account: StripeAccountID("acct_NOBODY"),
                    isLive: false, created: nil)
            ).result
        }
        #expect(try receive("evt_1") == .applied(dropped: 0))
        let neighbour = besides("evt_1", "evt_n")
        world.clock.advance(milliseconds: 30 * Self.day)
        _ = try receive(neighbour)
        #expect(try receive("evt_1") == .repeated)
        world.clock.advance(milliseconds: 1)
        _ = try receive(besides("evt_1", "evt_m"))
        #expect(try receive("evt_1") == .applied(dropped: 0))
    }

    @Test func `a full shelf refuses another record, and still takes what is known of its own`() throws {
        let codes = (0..<Shelf<StripeCode>.limit).map { number in
            StripeCode(
                digest: "abc\(number)", event: EventID(1), user: UserID(1), state: .started, attempt: "a", started: 1)
        }
        var shelf = Shelf(for: "abc", codes)
        var another = codes[0]
        another.end(.unknown, now: 2)
        try shelf.put(another) { _ in false }
        #expect(shelf.records.count == Shelf<StripeCode>.limit)
        #expect(shelf.record("abc0")?.state == .unknown)
        let one = StripeCode(
            digest: "abcx", event: EventID(1), user: UserID(1), state: .started, attempt: "a", started: 1)
        #expect(refusal { () throws(PaymentError) in try shelf.put(one) { _ in false } }?.code == .overloaded)
        try shelf.put(one) { $0.digest == "abc7" }
        #expect(shelf.record("abc7") == nil)
    }
}

extension StripeWorld {
    /// Puts a state on that shelf, which is when the shelf is cleared.
    fileprivate func shelve(onto shelf: DocumentKey) throws {
        let now = clock.clock.milliseconds()
        let state = StripeConnectState(
            digest: shelf.id.text + "0", event: EventID(3), user: UserID(1), isLive: false, expires: now + 1)
        _ = try repository.transaction { transaction throws(PaymentError) in
            try transaction.shelve(state, now: now)
        }
    }
}
