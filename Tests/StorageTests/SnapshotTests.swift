import Foundation
import Glibc
import Testing

@testable import Payments
@testable import Storage

/// What a snapshot keeps, and what it lets go.
struct SnapshotTests {
    /// Puts each account several times, over many segments.
    private func fill(_ repository: JournalRepository, accounts: Int = 10, rounds: Int = 30) throws {
        for round in 0..<rounds {
            for account in 0..<accounts { try repository.put(.make("\(account)", balance: Int64(round))) }
        }
        try repository.waitUntilDurable(try repository.account("0").sequence)
        try repository.waitUntilDurable(SequenceNumber(accounts * rounds))
    }

    @Test func `a start after a snapshot finds the newest version of everything`() throws {
        let directory = try TemporaryDirectory()
        let repository = try JournalRepository.make(directory.store)
        try fill(repository)
        #expect(try repository.makeSnapshot())
        #expect(try !repository.makeSnapshot())
        for account in 0..<10 { #expect(try repository.balance("\(account)") == 29) }
        repository.close()
        let successor = try JournalRepository.make(directory.store)
        for account in 0..<10 { #expect(try successor.balance("\(account)") == 29) }
        #expect(successor.linesRead < 150)
        #expect(try successor.put(.make("next")) > 300)
        successor.close()
    }

    @Test func `a snapshot holds no version that is out of date`() throws {
        let directory = try TemporaryDirectory()
        let repository = try JournalRepository.make(directory.store)
        try fill(repository)
        #expect(try repository.makeSnapshot())
        repository.close()
        let name = try #require(try directory.list("snapshot").first)
        let lines = String(decoding: try directory.read("snapshot/\(name)"), as: UTF8.self).split(separator: "\n")
        #expect(lines.count <= 11)
        #expect(lines.last?.contains(#""end":\#(lines.count - 1)"#) == true)
    }

    @Test func `one older generation stays, and segments only on request`() throws {
        for deletesCovered in [false, true] {
            let directory = try TemporaryDirectory()
            let configuration = JournalConfiguration.make(deletesCovered: deletesCovered)
            let repository = try JournalRepository.make(directory.store, configuration)
            for _ in 0..<4 {
                let last = try repository.put(.make("x"))
                for number in 0..<200 { try repository.put(.make("\(number)")) }
                try repository.waitUntilDurable(last + 200)
                #expect(try repository.makeSnapshot())
            }
            let snapshots = try directory.list("snapshot")
            let segments = try directory.list("journal").filter { $0.hasSuffix(".jsonl") }
            #expect(snapshots.count == 2)
            #expect((segments.first == "000000000001.jsonl") != deletesCovered)
            #expect(deletesCovered == (try #require(segments.first) > snapshots[0]))
            #expect(try repository.balance("199") == 1)
            repository.close()
            try directory.remove("snapshot/\(snapshots[1])")  // damaged, say: the generation before holds everything
            let successor = try JournalRepository.make(directory.store, configuration)
            for number in 0..<200 { #expect(try successor.balance("\(number)") == 1) }
            successor.close()
        }
    }

    @Test func `snapshots are made by themselves while transactions go on`() throws {
        let directory = try TemporaryDirectory()
        let configuration = JournalConfiguration.make(snapshotAfterBytes: 8192, deletesCovered: true)
        let repository = try JournalRepository.make(directory.store, configuration)
        DispatchQueue.concurrentPerform(iterations: 4) { thread in
            for round in 0..<300 {
                _ = try? repository.transaction { transaction throws(PaymentError) in
                    var account = try transaction.get(Account.self, DocumentID("\(round % 7)")) ?? .make("\(round % 7)")
                    account.balance += 1
                    transaction.put(account)
                    transaction.put(Account.make("\(thread)-\(round)", balance: Int64(round)))
                }
            }
        }
        for thread in 0..<4 {
            for round in 0..<300 { #expect(try repository.balance("\(thread)-\(round)") == Int64(round)) }
        }
        let sum = try (0..<7).reduce(0) { try $0 + (repository.balance("\($1)") ?? 0) }
        #expect(sum == 4 * 300 + 7)
        repository.close()
        #expect(try !directory.list("snapshot").isEmpty)
    }

    @Test func `a damaged closed segment is not merged`() throws {
        let directory = try TemporaryDirectory()
        let repository = try JournalRepository.make(directory.store)
        try fill(repository)
        var bytes = try directory.read("journal/000000000001.jsonl")
        bytes[100] ^= 4
        try directory.write(bytes, to: "journal/000000000001.jsonl")
        let error = #expect(throws: StoreError.self) { try repository.makeSnapshot() }
        #expect(error?.code == .damaged)
        #expect(try directory.list("snapshot").isEmpty)
        repository.close()
    }
}
