import Payments
import Testing

/// Random calls, in any order and with repetitions, against a model small enough to be seen right.
@Suite struct PurchaseModelTests {
    /// What a transaction may be, as the contract's section 3 tells it.
    private enum ModelState: Equatable {
        case none, registered(Int), confirmed(Int), cancelled, tombstone
    }

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func `no sequence of calls grants twice or leaves the state machine`(seed: UInt64) throws {
        let world = World()
        var random = SplitMix(state: seed)
        var model = [ModelState](repeating: .none, count: 6)
        for _ in 0..<3000 {
            let transaction = Int.random(in: 0..<model.count, using: &random)
            let content = Int.random(in: 1...2, using: &random)
            let id = "tx-\(transaction)"
            let items: [OrderItem] = [.make(quantity: UInt32(content))]
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                let statuses = try world.service.register(
                    .make(transaction: id, order: .registration(items: items)), in: world.shop
                ).result.map(\.status)
                let accepted = register(&model[transaction], content)
                #expect(statuses == [accepted ? .registered : .invalidOffer])
            case 1:
                let refusal = world.refusal(confirming: .make(transaction: id, order: .make(items: items)))
                #expect((refusal == nil) == confirm(&model[transaction], content))
            default:
                let status = try world.service.cancel(.make(transaction: id), in: world.shop).result
                #expect(status == cancel(&model[transaction]))
            }
        }
        let granted = model.reduce(into: Int64(0)) { sum, state in
            if case .confirmed(let content) = state { sum += Int64(content) }
        }
        #expect(try world.holds("sword_123") == granted)
        #expect(granted > 0)
    }

    private func register(_ state: inout ModelState, _ content: Int) -> Bool {
        switch state {
        case .none:
            state = .registered(content)
            return true
        case .registered(let known), .confirmed(let known): return known == content
        case .cancelled, .tombstone: return false
        }
    }

    private func confirm(_ state: inout ModelState, _ content: Int) -> Bool {
        switch state {
        case .none: break
        case .registered(let known), .confirmed(let known): if known != content { return false }
        case .cancelled, .tombstone: return false
        }
        state = .confirmed(content)
        return true
    }

    private func cancel(_ state: inout ModelState) -> CancellationStatus {
        switch state {
        case .none:
            state = .tombstone
            return .transactionNotFound
        case .registered:
            state = .cancelled
            return .cancelled
        case .confirmed: return .alreadyCompleted
        case .cancelled: return .alreadyCancelled
        case .tombstone: return .transactionNotFound
        }
    }
}

/// A seeded generator (SplitMix64), so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
