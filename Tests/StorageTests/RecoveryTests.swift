import Foundation
import Testing

@testable import Payments
@testable import Storage

/// What a start does with the files it finds.
struct RecoveryTests {
    private let segment = "journal/000000000001.jsonl"

    /// A store as a crash leaves it: accounts `0` … `count-1`, all acknowledged.
    private func make(
        _ count: Int = 5, sealed: Bool = false, snapshot: Bool = false
    ) throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        let configuration = JournalConfiguration.make(sealAfterMilliseconds: sealed ? 1 : 60_000)
        let repository = try JournalRepository.make(directory.store, configuration)
        for number in 0..<count { try repository.waitUntilDurable(try repository.put(.make("\(number)"))) }
        if snapshot { #expect(try repository.makeSnapshot()) }
        // On a busy machine seals stand between the records too, so that counting them proves nothing.
        while sealed, !(try endsWithSeal(directory)) { usleep(1000) }
        let crashed = try directory.copy()
        repository.close()
        return crashed
    }

    /// A seal is a line without puts.
    private func endsWithSeal(_ directory: TemporaryDirectory) throws -> Bool {
        let lines = try written(directory)
        let last = lines[((lines.dropLast().lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1)...]
        return !String(decoding: last, as: UTF8.self).contains(#""id""#)
    }

    private func open(_ directory: TemporaryDirectory) throws -> JournalRepository {
        try JournalRepository(
            directory: directory.store, configuration: .make(), fileSystem: PosixFileSystem())
    }

    /// How many of the accounts `0` … are there; throws when the store refuses.
    private func count(_ directory: TemporaryDirectory) throws -> Int {
        let repository = try open(directory)
        var count = 0
        while try repository.balance("\(count)") == 1 { count += 1 }
        return count
    }

    private func written(_ directory: TemporaryDirectory) throws -> [UInt8] {
        let bytes = try directory.read(segment)
        return Array(bytes[...(try #require(bytes.lastIndex(of: UInt8(ascii: "}"))) + 1)])
    }

    @Test(arguments: [UInt8(ascii: "\n"), 0, UInt8(ascii: "x")])
    func `a tail torn at any byte is cut and the rest is there`(_ filler: UInt8) throws {
        let crashed = try make(3)
        let bytes = try written(crashed)
        let lastLine = try #require(bytes.dropLast().lastIndex(of: UInt8(ascii: "\n"))) + 1
        for end in stride(from: lastLine, to: bytes.count, by: filler == UInt8(ascii: "\n") ? 1 : 7) {
            let torn = bytes[..<end] + Array(repeating: filler, count: 4096 - end)
            try crashed.write(Array(torn), to: segment)
            let isWhole = end == bytes.count - 1 && filler == UInt8(ascii: "\n")
            #expect(try count(crashed) == (isWhole ? 3 : 2), "cut at \(end)")
            #expect(try written(crashed).count == (isWhole ? bytes.count : lastLine))
        }
    }

    @Test func `what was torn is kept in quarantine and reported`() throws {
        let crashed = try make(3)
        var bytes = try written(crashed)
        bytes.removeLast(20)
        try crashed.write(bytes, to: segment)
        let repository = try open(crashed)
        #expect(repository.warnings.contains { $0.contains("line 3") && $0.contains("seq 3") })
        let name = try #require(try crashed.list("quarantine").first)
        let start = try #require(bytes.lastIndex(of: UInt8(ascii: "\n"))) + 1
        #expect(try crashed.read("quarantine/\(name)") == bytes[start...] + [UInt8(ascii: "\n")])
        #expect(name == "000000000001-\(start).torn")
    }

    @Test func `no flipped bit of a sealed store goes unnoticed`() throws {
        let crashed = try make(4, sealed: true)
        let bytes = try written(crashed)
        var refused = 0
        for (position, byte) in bytes.enumerated() {
            var flipped = bytes
            flipped[position] = byte ^ UInt8(1 << (position % 8))
            try crashed.write(flipped, to: segment)
            do {
                #expect(try count(crashed) == 4, "flipped at \(position)")
            } catch let error as StoreError {
                #expect(error.code == .damaged, "flipped at \(position): \(error)")
                #expect(error.fault?.line ?? 0 > 0)
                #expect(try crashed.read(segment) == flipped, "a refusal changes nothing")
                refused += 1
            }
        }
        let seal = try #require(bytes.dropLast().lastIndex(of: UInt8(ascii: "\n")))
        #expect(refused == seal + 1, "every byte before the seal")
    }

    @Test func `without a seal damage to the last record looks like a torn tail`() throws {
        for (sealed, expected) in [(false, 2), (true, nil)] as [(Bool, Int?)] {
            let crashed = try make(3, sealed: sealed)
            var bytes = try written(crashed)
            let needle = Array(#""id":"2""#.utf8)
            let position = try #require((0..<bytes.count).first { bytes[$0...].starts(with: needle) })
            bytes[position + 6] = UInt8(ascii: "9")
            try crashed.write(bytes, to: segment)
            #expect((try? count(crashed)) == expected)
        }
    }

    @Test func `damage is refused with file, line, sequence and what to do`() throws {
        let crashed = try make(4)
        var bytes = try written(crashed)
        bytes[30] ^= 1
        try crashed.write(bytes, to: segment)
        let error = #expect(throws: StoreError.self) { try open(crashed) }
        #expect(error?.code == .damaged)
        #expect(error?.fault?.line == 1)
        #expect(error?.fault?.sequence == 1)
        #expect(error?.message.contains("000000000001.jsonl, line 1 (byte 0, seq 1)") == true)
        #expect(error?.message.contains("backup") == true)
    }

    @Test func `a missing segment is refused`() throws {
        let directory = try make(140)
        try directory.remove("journal/000000000002.jsonl")
        let error = #expect(throws: StoreError.self) { try open(directory) }
        #expect(error?.code == .damaged)
        #expect(error?.message.contains("000000000002.jsonl") == true)
    }

    @Test func `a segment that was copied under a new name is refused`() throws {
        let directory = try make(140)
        try directory.write(try directory.read(segment), to: "journal/000000000003.jsonl")
        #expect(throws: StoreError.self) { try open(directory) }
    }

    @Test func `a snapshot without its end, or with another, is refused`() throws {
        let directory = try make(60, snapshot: true)
        let name = "snapshot/\(try #require(try directory.list("snapshot").first))"
        let bytes = try directory.read(name)
        #expect(try count(directory) == 60)
        let end = try #require(bytes.dropLast().lastIndex(of: UInt8(ascii: "\n"))) + 1
        let first = try #require(bytes.firstIndex(of: UInt8(ascii: "\n"))) + 1
        for damaged in [bytes[..<end], bytes[first...], bytes + bytes[end...], bytes.dropLast(1), [10] + bytes[...]] {
            try directory.write(Array(damaged), to: name)
            let error = #expect(throws: StoreError.self) { try open(directory) }
            #expect(error?.code == .damaged)
        }
    }

    @Test func `files that are not ours do no harm, unfinished ones go`() throws {
        let directory = try make(3)
        let strays = ["000000000001.jsonl~", ".000000000009.jsonl.swp", "7.jsonl", "notes.txt", "00000000000x.jsonl"]
        for name in strays { try directory.write([1, 2, 3], to: "journal/\(name)") }
        for name in ["journal/000000000009.tmp", "snapshot/000000000001.tmp", "STORE.json.tmp"] {
            try directory.write([1, 2, 3], to: name)
        }
        #expect(try count(directory) == 3)
        let names = try directory.list("journal")
        #expect(strays.allSatisfy(names.contains))
        #expect(!names.contains { $0.hasSuffix(".tmp") })
        #expect(!(try directory.list("")).contains("STORE.json.tmp"))
    }

    @Test func `a second process is told who has the store`() throws {
        let directory = try make(1)
        let repository = try open(directory)
        let error = #expect(throws: StoreError.self) { try open(directory) }
        #expect(error?.code == .locked)
        #expect(error?.message.contains("pid \(getpid())") == true)
        withExtendedLifetime(repository) {}
    }

    @Test(arguments: [
        (#"{"format":2,"min_reader":2,"store":"x"}"#, StoreError.Code.format), ("{", .damaged), ("", .damaged),
        (#"{"format":1}"#, .damaged),
    ])
    func `a description this version cannot follow is refused`(_ text: String, _ code: StoreError.Code) throws {
        let directory = try make(1)
        try directory.write(Array(text.utf8), to: "STORE.json")
        let error = #expect(throws: StoreError.self) { try open(directory) }
        #expect(error?.code == code)
        #expect(try directory.read("STORE.json") == Array(text.utf8))
    }

    @Test func `a newer format that this version can read is opened`() throws {
        let directory = try make(1)
        try directory.write(Array(#"{"format":2,"min_reader":1,"store":"x","more":[]}"#.utf8), to: "STORE.json")
        #expect(try count(directory) == 1)
    }

    @Test func `a missing description is refused when there are records`() throws {
        let directory = try make(1)
        try directory.remove("STORE.json")
        #expect(throws: StoreError.self) { try open(directory) }
    }

    @Test func `restarts leave no empty segments behind`() throws {
        let directory = try make(3)
        for _ in 0..<5 {
            let repository = try JournalRepository.make(directory.store)
            #expect(try repository.balance("2") == 1)
            repository.close()
        }
        #expect(try directory.list("journal") == ["000000000001.jsonl", "000000000002.jsonl"])  // the second is a seal
        for number in 3..<6 {
            let repository = try JournalRepository.make(directory.store)
            try repository.put(.make("\(number)"))
            repository.close()
        }
        #expect(try directory.list("journal").count == 5)
        #expect(try count(directory) == 6)
        let bytes = try directory.read("journal/000000000005.jsonl")
        #expect(bytes.last == UInt8(ascii: "\n") && bytes.dropLast().last == UInt8(ascii: "}"))
    }

    @Test func `folders and files are for their owner only`() throws {
        let directory = try make(1)
        for (name, mode) in [("", 0o700), ("journal", 0o700), ("STORE.json", 0o600), (segment, 0o600)] {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(directory.store)/\(name)")
            #expect(attributes[.posixPermissions] as? Int == mode, "\(name)")
        }
    }
}
