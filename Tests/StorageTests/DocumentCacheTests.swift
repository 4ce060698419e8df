import JSON
import Payments
import Testing

@testable import Storage

struct DocumentCacheTests {
    @Test func `a document looked up now and then outlives many that never are`() {
        var cache = DocumentCache(capacity: 8)
        cache.insert(.make(), at: .make("often"), durable: 0)
        for number in 0..<100 {
            if number.isMultiple(of: 16) { #expect(cache.find(.make("often")) != nil) }
            cache.insert(.make(), at: .make("\(number)"), durable: 0)
        }
        #expect(cache.contains(.make("often")))
        #expect(!cache.contains(.make("0")))
    }

    @Test func `a document that is looked up no more goes in the end`() {
        var cache = DocumentCache(capacity: 8)
        cache.insert(.make(), at: .make("once"), durable: 0)
        _ = cache.find(.make("once"))
        for number in 0..<100 { cache.insert(.make(), at: .make("\(number)"), durable: 0) }
        #expect(!cache.contains(.make("once")))
    }

    @Test func `one makes room when all have been looked up`() {
        var cache = DocumentCache(capacity: 4)
        for number in 0..<5 {
            cache.insert(.make(), at: .make("\(number)"), durable: 0)
            _ = cache.find(.make("\(number)"))
        }
        #expect((0..<5).filter { cache.contains(.make("\($0)")) }.count == 4)
        #expect(cache.contains(.make("4")))
    }

    @Test func `what is not durable stays, even beyond the capacity`() {
        var cache = DocumentCache(capacity: 2)
        for number in 0..<10 { cache.insert(.make(sequence: 7), at: .make("\(number)"), durable: 6) }
        #expect((0..<10).allSatisfy { cache.contains(.make("\($0)")) })
    }

    @Test func `a settled document goes when it is durable, and not before`() {
        var cache = DocumentCache(capacity: 2)
        cache.insert(.makeSettled(sequence: 7), at: .make("a"), durable: 6)
        #expect(cache.leave(.make("a"), durable: 6) == nil)
        #expect(cache.find(.make("a"))?.sequence == 7)
        #expect(cache.leave(.make("a"), durable: 7)?.sequence == 7)
        #expect(!cache.contains(.make("a")))
        #expect(cache.leave(.make("a"), durable: 7) == nil)
    }

    @Test func `a newer version of a settled document is kept until it is durable too`() {
        var cache = DocumentCache(capacity: 2)
        cache.insert(.makeSettled(sequence: 7), at: .make("a"), durable: 6)
        cache.insert(.makeSettled(sequence: 8), at: .make("a"), durable: 6)
        #expect(cache.leave(.make("a"), durable: 7) == nil)
        #expect(cache.find(.make("a"))?.sequence == 8)
        cache.insert(.make(sequence: 9), at: .make("a"), durable: 7)
        #expect(cache.leave(.make("a"), durable: 9)?.sequence == 8)
        #expect(cache.find(.make("a"))?.sequence == 9)
    }

    @Test func `a newer version takes the place of the older`() {
        var cache = DocumentCache(capacity: 2)
        cache.insert(.make(sequence: 1), at: .make("a"), durable: 0)
        cache.insert(.make(sequence: 2), at: .make("a"), durable: 0)
        #expect(cache.find(.make("a"))?.sequence == 2)
    }
}

extension StoredDocument {
    fileprivate static func make(sequence: SequenceNumber = 0) -> StoredDocument {
        StoredDocument(content: .encoded([]), sequence: sequence)
    }
}

/// A document that says it is settled, and nothing else.
private struct Settled: Document {
    static let kind = DocumentKind("settled")
    let id = DocumentID("")
    let isSettled = true

    init() {}
    init(json: JSONValue) throws(DocumentError) {}

    func write(to writer: inout JSONWriter) { writer.null() }
}

extension StoredDocument {
    fileprivate static func makeSettled(sequence: SequenceNumber) -> StoredDocument {
        StoredDocument(content: .decoded(Settled()), sequence: sequence)
    }
}

extension Fingerprint {
    fileprivate static func make(_ id: String) -> Fingerprint {
        Fingerprint(kind: "account".utf8.span, id: id.utf8.span)
    }
}
