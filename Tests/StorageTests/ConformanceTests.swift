import Foundation
import JSON
import Testing

@testable import Payments
@testable import Storage

/// What every repository does, over memory and over files.
struct ConformanceTests {
    /// A repository under test, and what keeps it alive.
    struct Subject {
        let repository: any Repository
        let directory: TemporaryDirectory?

        func close() {
            (repository as? JournalRepository)?.close()
        }
    }

    enum Kind: CaseIterable { case memory, files }

    private func make(_ kind: Kind, lineBytes: Int = 2048, pendingBytes: Int = 1 << 20) throws -> Subject {
        switch kind {
        case .memory:
            let repository = MemoryRepository(
                settlesAtOnce: true, lineBytes: lineBytes, pendingBytes: pendingBytes, onDurable: { _ in })
            return Subject(repository: repository, directory: nil)
        case .files:
            let directory = try TemporaryDirectory()
            let configuration = JournalConfiguration.make(lineBytes: lineBytes, pendingBytes: pendingBytes)
            return Subject(repository: try JournalRepository.make(directory.store, configuration), directory: directory)
        }
    }

    @Test(arguments: Kind.allCases)
    func `a transaction reads its own puts and later ones read them too`(_ kind: Kind) throws {
        let subject = try make(kind)
        defer { subject.close() }
        let own = try subject.repository.transaction { transaction throws(PaymentError) in
            transaction.put(Account.make("x", balance: 1))
            transaction.put(Account.make("x", balance: 2))
            return try transaction.get(Account.self, DocumentID("x"))?.balance
        }
        #expect(own.result == 2)
        #expect(own.sequence == 1)
        #expect(try subject.repository.balance("x") == 2)
        #expect(try subject.repository.balance("y") == nil)
    }

    @Test(arguments: Kind.allCases)
    func `a body that throws changes nothing and tells what it read`(_ kind: Kind) throws {
        let subject = try make(kind)
        defer { subject.close() }
        let written = try subject.repository.put(.make("x", balance: 1))
        let error = #expect(throws: PaymentError.self) {
            try subject.repository.transaction { transaction throws(PaymentError) in
                _ = try transaction.get(Account.self, DocumentID("x"))
                transaction.put(Account.make("x", balance: 2))
                transaction.put(Account.make("y", balance: 2))
                throw PaymentError(.conflict, "No.")
            }
        }
        #expect(error?.code == .conflict)
        #expect(error?.sequence == written)
        #expect(try subject.repository.balance("x") == 1)
        #expect(try subject.repository.balance("y") == nil)
    }

    @Test(arguments: Kind.allCases)
    func `a read depends on the newest document it saw`(_ kind: Kind) throws {
        let subject = try make(kind)
        defer { subject.close() }
        let first = try subject.repository.put(.make("x"))
        let second = try subject.repository.put(.make("y"))
        #expect(try subject.repository.account("x").sequence == first)
        let both = try subject.repository.transaction { transaction throws(PaymentError) in
            _ = try transaction.get(Account.self, DocumentID("y"))
            _ = try transaction.get(Account.self, DocumentID("x"))
        }
        #expect(both.sequence == second)
        #expect(second == first + 1)
    }

    @Test(arguments: Kind.allCases)
    func `ids are bytes, not characters`(_ kind: Kind) throws {
        let subject = try make(kind)
        defer { subject.close() }
        let ids = ["\u{E9}", "e\u{301}", "", "a\"b\\c\n\u{1}", "player/../x", "\u{1F600}"]
        for (balance, id) in ids.enumerated() { try subject.repository.put(.make(id, balance: Int64(balance))) }
        for (balance, id) in ids.enumerated() { #expect(try subject.repository.balance(id) == Int64(balance)) }
    }

    @Test(arguments: Kind.allCases)
    func `members nobody knows survive a read and a write`(_ kind: Kind) throws {
        let subject = try make(kind)
        defer { subject.close() }
        var account = Account.make("x", balance: 1)
        account.unknown = [("future", Array(#"{"a":[1,2.50,"\u00e9"]}"#.utf8)), ("n", Array("1e400".utf8))]
        try subject.repository.put(account)
        for filler in 0..<40 { try subject.repository.put(.make("filler-\(filler)")) }  // out of a small cache
        let read = try #require(try subject.repository.account("x").result)
        #expect(read == account)
    }

    @Test(arguments: Kind.allCases)
    func `increments of many threads are all counted`(_ kind: Kind) throws {
        let subject = try make(kind)
        defer { subject.close() }
        let repository = subject.repository
        try repository.put(.make("counter", balance: 0))
        let (threads, rounds) = (8, 100)
        DispatchQueue.concurrentPerform(iterations: threads) { thread in
            for round in 0..<rounds {
                let committed = try? repository.transaction { transaction throws(PaymentError) in
                    guard var account = try transaction.get(Account.self, DocumentID("counter")) else { return }
                    account.balance += 1
                    transaction.put(account)
                    transaction.put(Account.make("\(thread)-\(round)"))
                }
                if round % 10 == 0, let committed { try? repository.waitUntilDurable(committed.sequence) }
            }
        }
        #expect(try repository.balance("counter") == Int64(threads * rounds))
        #expect(try repository.balance("7-99") == 1)
    }

    @Test(arguments: Kind.allCases)
    func `a transaction over the size limit is refused and changes nothing`(_ kind: Kind) throws {
        let subject = try make(kind, lineBytes: 512)
        defer { subject.close() }
        let error = #expect(throws: PaymentError.self) {
            try subject.repository.put(.make(String(repeating: "x", count: 600)))
        }
        #expect(error?.code == .invalid)
        #expect(try subject.repository.put(.make("x")) == 1)
    }

    @Test func `positions wait for the settlement in memory`() throws {
        let log = EventLog()
        let repository = MemoryRepository(settlesAtOnce: false, pendingBytes: 300, onDurable: log.events.onDurable)
        let sequence = try repository.put(.make("x"))
        _ = try repository.put(.make("y"))
        let error = #expect(throws: PaymentError.self) { try repository.put(.make("z")) }
        #expect(error?.code == .overloaded)
        #expect(log.durable.isEmpty)
        let thread = Thread.start { try? repository.waitUntilDurable(sequence) }
        repository.settle(upTo: 2)
        thread?.join()
        #expect(log.durable == [2])
        #expect(try repository.put(.make("z")) == 3)
    }
}
