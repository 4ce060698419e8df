import Payments
import Testing

@testable import Storage

@Suite struct MerchantSandboxTests {
    let repository = MemoryRepository(settlesAtOnce: true, onDurable: { _ in })
    let world: MerchantWorld
    let mobilab = MerchantWorld.mobilab

    init() throws {
        world = try MerchantWorld(repository: repository, sandbox: SandboxProvider(repository: repository))
    }

    @Test(arguments: [
        ("aliasOk", PaymentStatus.success, nil, PaymentStatus.success), ("aliasDecline", .fail, "Declined", .fail),
        ("aliasPending", .pending, nil, .pending), ("aliasTimeout", .pending, nil, .success),
    ])
    func `the alias decides what becomes of a payment`(
        alias: String, status: PaymentStatus, info: String?, settled: PaymentStatus
    ) throws {
        let command = try ChargeCommand.make(alias: alias)
        for _ in 0..<2 {
            let result = try world.payments.charge(command, for: mobilab).result
            #expect((result.status, result.additionalInfo) == (status, info))
        }
        world.clock.advance(minutes: 1)
        _ = try world.payments.settle(atMost: 10)
        #expect(try world.payments.charge(command, for: mobilab).result.status == settled)
        #expect(try calls().authorize == 1)
    }

    @Test func `the alias of errors is refused each time, and each time is counted`() throws {
        let command = try ChargeCommand.make(alias: "aliasError")
        for _ in 0..<3 {
            #expect(
                refusal { () throws(PaymentError) in _ = try world.payments.charge(command, for: mobilab) }?.number
                    == "4000")
        }
        #expect(try calls().authorize == 3)
    }

    @Test func `an alias it does not know is refused`() throws {
        _ = try world.aliases.store(.make("aliasOther", providerAlias: "psp-okay"))
        let command = try ChargeCommand.make(alias: "aliasOther")
        #expect(
            refusal { () throws(PaymentError) in _ = try world.payments.charge(command, for: mobilab) }?.number
                == "4000")
    }

    @Test func `every operation is counted under its own name`() throws {
        let captured = try world.payments.charge(.make(.preauthorization), for: mobilab).result.payment
        let reversed = try world.payments.charge(.make(.preauthorization, key: "key-0000000002"), for: mobilab)
        _ = try world.charged(.make(key: "key-0000000003"))
        _ = try world.payments.end(.capture(captured), for: mobilab)
        _ = try world.payments.end(.reversal(reversed.result.payment), for: mobilab)
        for number in 0..<3 {
            _ = try world.payments.refund(.make(captured, key: "refund-\(number)-key"), for: mobilab)
        }
        let calls = try calls()
        #expect([calls.authorize, calls.preauthorize, calls.capture, calls.reverse, calls.refund] == [1, 2, 1, 1, 3])
        #expect(calls.lookUp == 0)
    }

    @Test func `it answers a repeated key as before, and refuses it for something else`() throws {
        let sandbox = SandboxProvider(repository: repository)
        let operation = try operation()
        let first = sandbox.authorize(operation)
        #expect(sandbox.authorize(operation) == first)
        #expect(first == .approved(ProviderApproval(id: ProviderTransactionID("sandbox-p-0"))))
        var other = operation
        other.amount = try .make(301)
        #expect(sandbox.authorize(other) == .failed("The idempotency key was used with other parameters."))
        #expect(try calls().authorize == 3)
    }

    @Test func `what never reached it is absent`() throws {
        let sandbox = SandboxProvider(repository: repository)
        #expect(sandbox.lookUp(try operation()) == .absent)
        _ = sandbox.authorize(try operation())
        #expect(
            sandbox.lookUp(try operation())
                == .approved(ProviderApproval(id: ProviderTransactionID("sandbox-p-0"))))
        #expect(try calls().lookUp == 2)
    }

    @Test func `it never works with real money`() throws {
        var operation = try operation()
        operation.mode = .live
        #expect(
            SandboxProvider(repository: repository).authorize(operation)
                == .failed("The sandbox provider works in test mode only."))
    }

    @Test func `it cannot tell when its memory fails`() throws {
        let dying = DyingRepository(repository)
        dying.die(after: 0)
        #expect(SandboxProvider(repository: dying).authorize(try operation()) == .unknown)
        #expect(SandboxProvider(repository: dying).lookUp(try operation()) == .unknown)
    }

    private func calls() throws -> SandboxCalls {
        try world.document(SandboxCalls.self, SandboxCalls.documentID.text) ?? SandboxCalls()
    }

    private func operation() throws -> ProviderOperation {
        ProviderOperation(
            action: .authorize, payment: PaymentID("p"), reference: "p-0", idempotencyKey: "k", amount: try .make(),
            purpose: PaymentPurpose(reason: ""), providerAlias: "psp-ok", method: .card, credentials: .sandbox,
            mode: .test, original: nil, result: nil, started: 0)
    }
}
