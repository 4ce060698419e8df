import Payments
import Testing

@testable import Storage

struct DocumentCacheTests {
    @Test func `a document looked up now and then outlives many that never are`() {
        var cache = DocumentCache(capacity: 8)
        cache.insert(.make(), at: .make("often"), isSettled: false, durable: 0)
        for number in 0..<100 {
            if number.isMultiple(of: 16) { #expect(cache.find(.make("often")) != nil) }
            cache.insert(.make(), at: .make("\(number)"), isSettled: false, durable: 0)
        }
        #expect(cache.contains(.make("often")))
        #expect(!cache.contains(.make("0")))
    }

    @Test func `a document that is looked up no more goes in the end`() {
        var cache = DocumentCache(capacity: 8)
        cache.insert(.make(), at: .make("once"), isSettled: false, durable: 0)
        _ = cache.find(.make("once"))
        for number in 0..<100 { cache.insert(.make(), at: .make("\(number)"), isSettled: false, durable: 0) }
        #expect(!cache.contains(.make("once")))
    }

    @Test func `one makes room when all have been looked up`() {
        var cache = DocumentCache(capacity: 4)
        for number in 0..<5 {
            cache.insert(.make(), at: .make("\(number)"), isSettled: false, durable: 0)
            _ = cache.find(.make("\(number)"))
        }
        #expect((0..<5).filter { cache.contains(.make("\($0)")) }.count == 4)
        #expect(cache.contains(.make("4")))
    }

    @Test func `what is not durable stays, even beyond the capacity`() {
        var cache = DocumentCache(capacity: 2)
        for number in 0..<10 { cache.insert(.make(sequence: 7), at: .make("\(number)"), isSettled: false, durable: 6) }
        #expect((0..<10).allSatisfy { cache.contains(.make("\($0)")) })
    }

    @Test func `a settled document goes when it is durable, and not before`() {
        var cache = DocumentCache(capacity: 2)
        cache.insert(.make(sequence: 7), at: .make("a"), isSettled: true, durable: 6)
        #expect(cache.leave(durable: 6).isEmpty)
        #expect(cache.find(.make("a"))?.sequence == 7)
        #expect(cache.leave(durable: 7).map(\.sequence) == [7])
        #expect(!cache.contains(.make("a")))
        #expect(cache.leave(durable: 7).isEmpty)
    }

    @Test func `a newer version of a settled document is kept until it is durable too`() {
        var cache = DocumentCache(capacity: 2)
        cache.insert(.make(sequence: 7), at: .make("a"), isSettled: true, durable: 6)
        cache.insert(.make(sequence: 8), at: .make("a"), isSettled: true, durable: 6)
        #expect(cache.leave(durable: 7).map(\.sequence) == [7])
        #expect(cache.find(.make("a"))?.sequence == 8)
        cache.insert(.make(sequence: 9), at: .make("a"), isSettled: false, durable: 7)
        #expect(cache.leave(durable: 9).map(\.sequence) == [8])
        #expect(cache.find(.make("a"))?.sequence == 9)
    }

    @Test func `one that is put again and again keeps no other from leaving, nor takes a later version with it`() {
        var cache = DocumentCache(capacity: 1)
        cache.insert(.make(sequence: 1), at: .make("first"), isSettled: true, durable: 0)
        cache.insert(.make(sequence: 2), at: .make("a"), isSettled: true, durable: 0)
        cache.insert(.make(sequence: 3), at: .make("a"), isSettled: false, durable: 0)
        cache.insert(.make(sequence: 9), at: .make("first"), isSettled: true, durable: 0)
        #expect(cache.leave(durable: 3).map(\.sequence) == [1, 2])
        #expect(cache.find(.make("first"))?.sequence == 9)
        for number in 0..<8 { cache.insert(.make(), at: .make("\(number)"), isSettled: false, durable: 3) }
        #expect(!cache.contains(.make("a")))
        cache.insert(.make(sequence: 10), at: .make("a"), isSettled: true, durable: 3)
        #expect(cache.leave(durable: 9).map(\.sequence) == [9])
        #expect(cache.find(.make("a"))?.sequence == 10)
        #expect(cache.leave(durable: 10).map(\.sequence) == [10])
        #expect(!cache.contains(.make("a")))
    }

    @Test func `a newer version takes the place of the older`() {
        var cache = DocumentCache(capacity: 2)
        cache.insert(.make(sequence: 1), at: .make("a"), isSettled: false, durable: 0)
        cache.insert(.make(sequence: 2), at: .make("a"), isSettled: false, durable: 0)
        #expect(cache.find(.make("a"))?.sequence == 2)
    }
}

extension StoredDocument {
    fileprivate static func make(sequence: SequenceNumber = 0) -> StoredDocument {
        StoredDocument(content: .encoded([]), sequence: sequence)
    }
}

extension Fingerprint {
    fileprivate static func make(_ id: String) -> Fingerprint {
        Fingerprint(kind: "account".utf8.span, id: id.utf8.span)
    }
}
