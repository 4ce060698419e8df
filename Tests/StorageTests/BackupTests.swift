import Foundation
import Testing

@testable import Payments
@testable import Storage

@Suite struct `A backup` {
    private let directory: TemporaryDirectory
    private let target: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        target = try TemporaryDirectory()
    }

    private func reader(_ folder: TemporaryDirectory) throws -> StoreReader {
        try StoreReader(directory: folder.store, lineBytes: 2048, fileSystem: PosixFileSystem())
    }

    private var backup: StoreBackup {
        StoreBackup(directory: target.store, lineBytes: 2048, fileSystem: PosixFileSystem())
    }

    private func fill(_ repository: JournalRepository, rounds: Range<Int>) throws {
        for round in rounds {
            for account in 0..<12 { try repository.put(.make("\(account)", balance: Int64(round))) }
        }
    }

    @Test(arguments: [false, true])
    func `restored, holds what the store held, while a server has it open`(hasSnapshot: Bool) throws {
        let repository = try JournalRepository.make(directory.store)
        try fill(repository, rounds: 0..<20)
        // Else the segments to be taken together may not be closed yet.
        try repository.waitUntilDurable(240)
        if hasSnapshot { #expect(try repository.makeSnapshot()) }
        try fill(repository, rounds: 20..<25)
        try repository.waitUntilDurable(300)
        let made = try backup.make(of: reader(directory), now: 5, version: "test")
        try repository.put(.make("later"))
        #expect(made.lastSequence == 300)
        #expect(made.files.contains { $0.path.hasPrefix("snapshot/") } == hasSnapshot)
        #expect(try backup.verify() == made)
        repository.close()
        let restored = try TemporaryDirectory()
        try backup.restore(made, into: restored.store)
        let copy = try JournalRepository.make(restored.store)
        #expect(try copy.balance("7") == 24)
        #expect(try copy.balance("later") == nil)
        try copy.put(.make("7", balance: 99))
        copy.close()
        #expect(try self.reader(restored).verify().fault == nil)
    }

    @Test func `of a store that is being written is whole every time`() throws {
        let repository = try JournalRepository.make(directory.store, .make(snapshotAfterBytes: 16_384))
        let workload = Workload(threads: 2, rounds: 400)
        let isDone = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            workload.run(on: repository) { _ in }
            isDone.signal()
        }
        var rounds = 0
        while isDone.wait(timeout: .now()) == .timedOut || rounds == 0 {
            let folder = try TemporaryDirectory()
            let backup = StoreBackup(directory: folder.store, lineBytes: 2048, fileSystem: PosixFileSystem())
            let made = try backup.make(of: reader(directory), now: 5, version: "test")
            #expect(try backup.verify().lastSequence == made.lastSequence)
            let opened = try JournalRepository.make(folder.store)
            #expect(try workload.fault(in: opened, acknowledged: []) == nil)
            opened.close()
            rounds += 1
        }
        repository.close()
    }

    /// Makes a backup of a small store.
    private func make() throws -> BackupManifest {
        let repository = try JournalRepository.make(directory.store)
        try fill(repository, rounds: 0..<3)
        repository.close()
        return try backup.make(of: reader(directory), now: 5, version: "test")
    }

    @Test func `finds every changed, missing and shortened file`() throws {
        let made = try make()
        for file in made.files {
            let bytes = try target.read(file.path)
            for damage in [bytes.dropLast() + [bytes[bytes.count - 1] ^ 1], bytes.dropLast()] {
                try target.write(Array(damage), to: file.path)
                #expect(throws: StoreError.self) { try self.backup.verify() }
            }
            try target.remove(file.path)
            #expect(throws: StoreError.self) { try self.backup.verify() }
            try target.write(bytes, to: file.path)
        }
        #expect(try backup.verify() == made)
    }

    @Test func `without its manifest is none`() throws {
        _ = try make()
        try target.remove("BACKUP.json")
        #expect { try self.backup.verify() } throws: { ($0 as? StoreError)?.message.contains("no BACKUP.json") == true }
    }

    @Test func `goes into an empty folder only, and comes back into one only`() throws {
        let made = try make()
        #expect { try self.make() } throws: { ($0 as? StoreError)?.message.contains("is not empty") == true }
        #expect(throws: StoreError.self) { try self.backup.restore(made, into: self.directory.store) }
        #expect(try JournalRepository.make(directory.store).balance("3") == 2)
    }

    @Test(arguments: [
        "../outside.jsonl", "/etc/passwd", "journal/../../x", "BACKUP.json", "journal/", "journal/..", "LOCK", "",
    ])
    func `whose manifest leads elsewhere is refused`(path: String) throws {
        let made = try make()
        let text = String(decoding: made.json, as: UTF8.self).replacing("STORE.json", with: path)
        #expect(throws: StoreError.self) { try BackupManifest(parsing: Array(text.utf8)) }
    }

    @Test func `of a newer format names the version that made it`() throws {
        let text = String(decoding: try make().json, as: UTF8.self).replacing("\"format\":1", with: "\"format\":2")
        #expect { try BackupManifest(parsing: Array(text.utf8)) } throws: {
            ($0 as? StoreError)?.message.contains("(test)") == true
        }
    }

    @Test func `of a damaged store is not made`() throws {
        let repository = try JournalRepository.make(directory.store)
        try fill(repository, rounds: 0..<40)
        repository.close()
        let name = "journal/\(try #require(try directory.list("journal").first))"
        var bytes = try directory.read(name)
        bytes[bytes.count / 2] ^= 1
        try directory.write(bytes, to: name)
        #expect(throws: StoreError.self) {
            try self.backup.make(of: self.reader(self.directory), now: 5, version: "test")
        }
        #expect(throws: StoreError.self) { try self.backup.verify() }
    }
}
