import Testing

@testable import Payments
@testable import Storage

@Suite struct OpenListTests {
    let repository = MemoryRepository(settlesAtOnce: true, onDurable: { _ in })
    let list = OpenList(name: "test")

    @Test func `what is added is due from its moment until it is removed`() throws {
        let page = try add("a", due: 10)
        #expect(try due(9).isEmpty)
        #expect(try due(10) == ["a"])
        try change { transaction throws(PaymentError) in
            try list.postpone(DocumentID("a"), on: page, until: 20, in: &transaction)
        }
        #expect(try due(19).isEmpty)
        #expect(try due(20) == ["a"])
        try remove("a", page)
        #expect(try due(.max).isEmpty)
        try remove("a", page)
        try remove("never there", 999)
    }

    @Test func `as many as are asked for come, the first added first`() throws {
        for number in 0..<100 { _ = try add("\(number)", due: 0) }
        #expect(try due(0, limit: 3) == ["0", "1", "2"])
        #expect(try due(0, limit: 1000).count == 100)
    }

    @Test func `emptied pages are used again`() throws {
        for _ in 0..<20 {
            var pages: [(String, Int64)] = []
            for number in 0..<100 { pages.append(("\(number)", try add("\(number)", due: 0))) }
            for (id, page) in pages { try remove(id, page) }
        }
        let head = try repository.transaction { transaction throws(PaymentError) in
            try transaction.get(OpenListHead.self, DocumentID("test"))
        }.result
        #expect(try #require(head).highest <= 5)
    }

    @Test func `after ten thousand changes it holds what a set would`() throws {
        var generator = SystemRandomNumberGenerator()
        var present: [String: Int64] = [:]
        for number in 0..<10_000 {
            // It grows, shrinks to nothing, and grows again.
            let grows = number / 1000 % 2 == 0
            if Int.random(in: 0..<10, using: &generator) < (grows ? 8 : 1) || present.isEmpty {
                present["\(number)"] = try add("\(number)", due: 0)
            } else if let (id, page) = present.randomElement(using: &generator) {
                try remove(id, page)
                present[id] = nil
            }
            if number.isMultiple(of: 500) {
                #expect(Set(try due(0, limit: .max)) == Set(present.keys))
            }
        }
        #expect(Set(try due(0, limit: .max)) == Set(present.keys))
    }

    private func add(_ id: String, due: Int64) throws -> Int64 {
        try repository.transaction { transaction throws(PaymentError) in
            try list.add(DocumentID(id), due: due, in: &transaction)
        }.result
    }

    private func remove(_ id: String, _ page: Int64) throws {
        try change { transaction throws(PaymentError) in
            try list.remove(DocumentID(id), from: page, in: &transaction)
        }
    }

    private func change(_ body: (inout Transaction) throws(PaymentError) -> Void) throws {
        _ = try repository.transaction { transaction throws(PaymentError) in try body(&transaction) }
    }

    private func due(_ now: Int64, limit: Int = 10) throws -> [String] {
        try list.due(at: now, limit: limit, in: repository).map(\.id.text)
    }
}
