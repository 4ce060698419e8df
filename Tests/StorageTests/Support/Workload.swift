import CAIO
import Foundation
import Synchronization

@testable import Payments
@testable import Storage

/// Transactions whose effect can be checked from their name alone: number k of thread t creates the account `t-k`, with
/// a balance computed from that name, and sets the account `t` to k.
struct Workload {
    var threads = 3
    var rounds = 16

    /// Runs until the store refuses; by turns the committer flushes, a batch that waits for it, and one that ends its flush
    /// afterwards. `acknowledge` hears of each transaction once it
    /// is durable.
    func run(on repository: JournalRepository, _ acknowledge: @escaping @Sendable (String) -> Void) {
        DispatchQueue.concurrentPerform(iterations: threads) { thread in
            for round in 0..<rounds {
                do throws(PaymentError) {
                    try repository.waitUntilDurable(try Self.run(thread, round, on: repository))
                    acknowledge("\(thread)-\(round)")
                } catch {
                    return
                }
            }
        }
    }

    private static func run(
        _ thread: Int, _ round: Int, on repository: JournalRepository
    ) throws(PaymentError) -> SequenceNumber {
        let id = "\(thread)-\(round)"
        let flushing = (thread + round) % 3
        guard flushing > 0 else { return try put(id, thread, round, repository) }
        let event = flushing == 2 ? eventfd(0, 0) : nil
        defer { if let event { close(event) } }
        let sequence = try repository.batched(signalling: event) { () throws(PaymentError) in
            try put(id, thread, round, repository)
        }
        repository.endFlush(waits: true)
        return sequence
    }

    private static func put(
        _ id: String, _ thread: Int, _ round: Int, _ repository: JournalRepository
    ) throws(PaymentError) -> SequenceNumber {
        try repository.perform(reading: []) { transaction in
            transaction.put(Account.make(id, balance: balance(id)))
            transaction.put(Account.make("\(thread)", balance: Int64(round)))
        }
    }

    /// What is wrong with a store after such a run; nil when nothing is.
    func fault(in repository: JournalRepository, acknowledged: [String]) throws(PaymentError) -> String? {
        for id in acknowledged where try repository.balance(id) != Self.balance(id) { return "\(id) is lost" }
        for thread in 0..<threads {
            let last = try repository.balance("\(thread)") ?? -1
            for round in 0..<rounds {
                let balance = try repository.balance("\(thread)-\(round)")
                let expected = round <= last ? Self.balance("\(thread)-\(round)") : nil
                if balance != expected { return "\(thread)-\(round) is \(balance ?? -1), last is \(last)" }
            }
        }
        return nil
    }

    private static func balance(_ id: String) -> Int64 {
        id.utf8.reduce(7) { $0 &* 31 &+ Int64($1) } & 0xFFFF_FFFF
    }
}
