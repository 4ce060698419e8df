import Testing

@testable import Payments

@Suite struct MerchantHoldTests {
    let world: MerchantWorld
    let mobilab = MerchantWorld.mobilab

    init() throws {
        world = try MerchantWorld()
    }

    @Test(arguments: [true, false])
    func `a hold is ended once, and ending it again gets the same answer`(captures: Bool) throws {
        let id = try held()
        let command = captures ? HoldCommand.capture(id) : .reversal(id)
        let first = try world.payments.end(command, for: mobilab).result
        #expect(first.payment == id)
        #expect(first.amount == (try .make()))
        #expect((first.status, first.action) == (.success, captures ? .capture : .reversal))
        #expect(try world.payments.end(command, for: mobilab).result == first)
        #expect(world.provider.calls.count == 2)
        let call = try #require(world.provider.calls.last)
        #expect(call.original == ProviderTransactionID("psp-\(id)-0"))
        #expect(call.reference == "\(id)-1")
        #expect(call.purpose.reason == (captures ? "Book" : "Cancelled"))
    }

    /// The state a payment is in, and what ending a hold then answers.
    @Test(arguments: Case.all)
    func `what a payment is decides what can be done with it`(known: Case) throws {
        let id = try known.make(self)
        let calls = world.provider.calls.count
        #expect(refused(.capture(id)) == known.capture)
        #expect(refused(.reversal(id)) == known.reversal)
        if known.capture != nil, known.reversal != nil { #expect(world.provider.calls.count == calls) }
    }

    struct Case: Sendable, CustomStringConvertible {
        let description: String
        let capture: Refused?
        let reversal: Refused?
        let make: @Sendable (MerchantHoldTests) throws -> PaymentID

        static let unknown = Refused(number: "3012", text: "Given transaction id cannot be found.")

        static func not(_ action: String, _ word: String) -> Refused {
            Refused(number: "3016", text: "\(action) transaction cannot be \(word)")
        }

        static let all: [Case] = [
            Case(description: "unknown", capture: unknown, reversal: unknown) { _ in PaymentID("nobody's") },
            Case(description: "declined", capture: unknown, reversal: unknown) {
                try $0.held(.declined("Declined", id: nil))
            },
            Case(description: "pending", capture: unknown, reversal: unknown) { try $0.held(.pending(nil)) },
            Case(description: "unclear", capture: unknown, reversal: unknown) { try $0.held(.unknown) },
            Case(description: "captured", capture: nil, reversal: not("CAPTURE", "reversed")) {
                let id = try $0.held()
                _ = try $0.world.payments.end(.capture(id), for: $0.mobilab)
                return id
            },
            Case(description: "reversed", capture: not("REVERSAL", "captured"), reversal: nil) {
                let id = try $0.held()
                _ = try $0.world.payments.end(.reversal(id), for: $0.mobilab)
                return id
            },
            Case(description: "sold", capture: not("AUTH", "captured"), reversal: not("AUTH", "reversed")) {
                try $0.world.charged()
            },
            Case(description: "refunded", capture: not("REFUND", "captured"), reversal: not("REFUND", "reversed")) {
                let id = try $0.held()
                _ = try $0.world.payments.end(.capture(id), for: $0.mobilab)
                _ = try $0.world.payments.refund(.make(id), for: $0.mobilab)
                return id
            },
            Case(description: "being captured", capture: nil, reversal: not("CAPTURE", "reversed")) {
                let id = try $0.held()
                $0.world.provider.answers(.pending(nil))
                _ = try $0.world.payments.end(.capture(id), for: $0.mobilab)
                return id
            },
            Case(description: "being reversed", capture: not("REVERSAL", "captured"), reversal: nil) {
                let id = try $0.held()
                $0.world.provider.answers(.unknown)
                _ = try $0.world.payments.end(.reversal(id), for: $0.mobilab)
                return id
            },
        ]
    }

    @Test func `another merchant learns nothing about a payment, whatever its state`() throws {
        let foreign = Refused(number: "3006", text: "Alias does not map to correct merchant.")
        let held = try held()
        let sold = try world.charged(.make(key: "key-0000000002"))
        world.provider.answers(.unknown)
        let unclear = try world.payments.charge(.make(.preauthorization, key: "key-0000000003"), for: mobilab)
        for id in [held, sold, unclear.result.payment] {
            #expect(refused(.capture(id), by: MerchantWorld.acme) == foreign)
            #expect(refused(.reversal(id, mode: .live), by: MerchantWorld.acme) == foreign)
        }
        #expect(world.provider.calls.count == 3)
    }

    @Test func `the mode must be the payment's, also for a repetition`() throws {
        let id = try held()
        #expect(refused(.capture(id, mode: .live))?.number == "3014")
        _ = try world.payments.end(.capture(id), for: mobilab)
        #expect(refused(.capture(id, mode: .live))?.number == "3014")
    }

    @Test func `an end that is pending is not asked for twice`() throws {
        let id = try held()
        world.provider.answers(.unknown)
        for _ in 0..<2 {
            #expect(try world.payments.end(.capture(id), for: mobilab).result.status == .pending)
        }
        #expect(world.provider.calls.count == 2)
    }

    @Test(arguments: [ProviderOutcome.declined("Expired", id: nil), .failed("No."), .connectionLost])
    func `an end that failed may be tried again, with a key of its own`(outcome: ProviderOutcome) throws {
        let id = try held()
        world.provider.answers(outcome)
        let first = refusal { () throws(PaymentError) in
            let result = try world.payments.end(.capture(id), for: mobilab).result
            #expect((result.status, result.additionalInfo) == (.fail, "Expired"))
        }
        #expect((first != nil) == (outcome != .declined("Expired", id: nil)))
        world.provider.answers(ScriptedProvider.approve)
        #expect(try world.payments.end(.capture(id), for: mobilab).result.status == .success)
        #expect(Set(world.provider.calls.map(\.idempotencyKey)).count == 3)
    }

    @Test(arguments: [true, false])
    func `a hold that is gone at the provider ends as a reversal, and the capture is refused`(isAnswer: Bool) throws {
        try world.webhook()
        let id = try held()
        world.provider.answers(isAnswer ? .lapsed : .unknown)
        if !isAnswer {
            #expect(try world.payments.end(.capture(id), for: mobilab).result.status == .pending)
            world.provider.finds(.lapsed)
            world.clock.advance(minutes: 2)
            #expect(try world.payments.settle(atMost: 10) == 1)
        }
        for _ in 0..<2 {
            #expect(refused(.capture(id)) == Refused(number: "3016", text: "REVERSAL transaction cannot be captured"))
        }
        #expect(try world.payments.end(.reversal(id), for: mobilab).result.status == .success)
        #expect(world.provider.calls.count == 2)
        let payment = try world.payment(id)
        #expect(payment.operations.map(\.action) == [.preauthorization, .capture, .reversal])
        #expect(payment.operations.map(\.state) == [.succeeded, .failed, .succeeded])
        #expect(!payment.hasOpenOperations)
        #expect(try world.document(Delivery.self, "\(id)-2-SUCCESS") != nil)
    }

    @Test func `a capture goes to the account the hold is at, whoever is connected now`() throws {
        let id = try world.payments.charge(.make(.preauthorization, alias: "aliasStripe"), for: mobilab).result.payment
        world.accounts.connect("acct_2")
        _ = try world.payments.end(.capture(id), for: mobilab)
        #expect(world.provider.calls.last?.credentials == .stripe(account: StripeAccountID("acct_1")))
        let other = try world.payments.charge(
            .make(.preauthorization, key: "key-0000000002", alias: "aliasStripe"), for: mobilab
        ).result.payment
        world.accounts.connect(nil)
        #expect(refused(.capture(other))?.number == "3003")
    }

    private func held(_ outcome: ProviderOutcome? = nil) throws -> PaymentID {
        if let outcome { world.provider.answers(outcome) }
        return try world.payments.charge(.make(.preauthorization), for: mobilab).result.payment
    }

    private func refused(_ command: HoldCommand, by caller: MerchantCaller = MerchantWorld.mobilab) -> Refused? {
        refusal { () throws(PaymentError) in _ = try world.payments.end(command, for: caller) }
    }
}
