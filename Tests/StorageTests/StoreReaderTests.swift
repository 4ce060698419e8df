import Testing

@testable import Payments
@testable import Storage

/// What tools see of a store that a server has open.
struct StoreReaderTests {
    private func make(_ directory: TemporaryDirectory) throws -> StoreReader {
        try StoreReader(directory: directory.store, lineBytes: 2048, fileSystem: PosixFileSystem())
    }

    private func filled(_ directory: TemporaryDirectory, snapshot: Bool) throws -> JournalRepository {
        let repository = try JournalRepository.make(directory.store)
        for round in 0..<20 {
            for account in 0..<12 { try repository.put(.make("\(account)", balance: Int64(round))) }
        }
        try repository.waitUntilDurable(240)
        if snapshot { #expect(try repository.makeSnapshot()) }
        return repository
    }

    @Test(arguments: [false, true])
    func `the newest version of a document is found while the server runs`(_ snapshot: Bool) throws {
        let directory = try TemporaryDirectory()
        let repository = try filled(directory, snapshot: snapshot)
        let reader = try make(directory)
        let entry = try #require(try reader.latest(DocumentKey(Account.kind, DocumentID("7"))))
        #expect(try Account.decode(entry.json) == .make("7", balance: 19))
        #expect(entry.sequence == 236)
        #expect(try reader.latest(DocumentKey(Account.kind, DocumentID("none"))) == nil)
        #expect(try reader.latest(DocumentKey(DocumentKind("other"), DocumentID("7"))) == nil)
        repository.close()
    }

    @Test(arguments: [false, true])
    func `each document of a kind comes once, in its newest version`(_ snapshot: Bool) throws {
        let directory = try TemporaryDirectory()
        let repository = try filled(directory, snapshot: snapshot)
        var balances: [String: Int64] = [:]
        var count = 0
        try make(directory).forEachLatest(Account.kind) { entry in
            count += 1
            balances[entry.id.text] = (try? Account.decode(entry.json))?.balance
        }
        #expect(count == 12)
        #expect(balances.count == 12 && balances.values.allSatisfy { $0 == 19 })
        repository.close()
    }

    @Test func `verification counts what is there`() throws {
        let directory = try TemporaryDirectory()
        let repository = try filled(directory, snapshot: true)
        repository.close()
        let result = try make(directory).verify()
        #expect(result.fault == nil && result.tornTail == nil)
        #expect(result.snapshots == 1)
        #expect(result.segments == (try directory.list("journal").count))
        #expect(result.lastSequence == 241)  // the last one is the seal
        #expect(result.documents >= 240 && result.lines >= 241)
    }

    @Test func `verification names the first damage, in old generations too`() throws {
        let directory = try TemporaryDirectory()
        let repository = try filled(directory, snapshot: true)
        repository.close()
        var bytes = try directory.read("journal/000000000001.jsonl")
        let second = try #require(bytes.firstIndex(of: UInt8(ascii: "\n"))) + 1
        bytes[second + 40] ^= 1
        try directory.write(bytes, to: "journal/000000000001.jsonl")
        let fault = try #require(try make(directory).verify().fault)
        #expect(fault.line == 2 && fault.byte == second && fault.sequence == 2)
        #expect(fault.file.hasSuffix("journal/000000000001.jsonl"))
    }

    @Test func `damage is found behind segments that a start has just begun`() throws {
        let directory = try TemporaryDirectory()
        try filled(directory, snapshot: false).close()
        let repository = try JournalRepository.make(directory.store)
        let name = "journal/\(try #require(try directory.list("journal").first))"
        var bytes = try directory.read(name)
        bytes[40] ^= 1
        try directory.write(bytes, to: name)
        let reader = try make(directory)
        #expect(try reader.verify().fault?.line == 1)
        #expect(throws: StoreError.self) { try reader.forEachLatest(Account.kind) { _ in } }
        #expect(throws: StoreError.self) { try reader.forEachVersion { _ in } }
        repository.close()
    }

    @Test func `verification finds a snapshot that does not fit its segment`() throws {
        let directory = try TemporaryDirectory()
        let repository = try filled(directory, snapshot: true)
        repository.close()
        let name = try #require(try directory.list("snapshot").first)
        var line: [UInt8] = []
        JournalLine.appendEnd(of: 0, sequence: 1, to: &line)
        try directory.write(line, to: "snapshot/\(name)")
        let fault = try #require(try make(directory).verify().fault)
        #expect(fault.file.contains("snapshot") && fault.reason.contains("does not end where"))
    }

    @Test func `a torn tail is not damage`() throws {
        let directory = try TemporaryDirectory()
        let repository = try JournalRepository.make(directory.store)
        try repository.waitUntilDurable(try repository.put(.make("x")))
        let crashed = try directory.copy()
        repository.close()
        var bytes = try crashed.read("journal/000000000001.jsonl")
        let end = try #require(bytes.firstIndex(of: UInt8(ascii: "\n"))) + 1
        bytes.replaceSubrange(end..<end + 5, with: Array("torn!".utf8))
        try crashed.write(bytes, to: "journal/000000000001.jsonl")
        let result = try make(crashed).verify()
        #expect(result.fault == nil)
        #expect(result.tornTail?.line == 2)
        #expect(try make(crashed).latest(DocumentKey(Account.kind, DocumentID("x"))) != nil)
    }

    @Test func `a folder without a store is named`() throws {
        let directory = try TemporaryDirectory()
        let error = #expect(throws: StoreError.self) { try make(directory) }
        #expect(error?.message.contains(directory.store) == true)
    }
}
