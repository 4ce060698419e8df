import Testing

@testable import Storage

/// How long the next flush waits for more, in nanoseconds.
struct GatheringTests {
    private func gathering(after lines: Int, waiting: Int, inNanoseconds nanoseconds: UInt64 = 200_000) -> Gathering {
        var gathering = Gathering()
        gathering.flushed(lines, waiting: waiting, inNanoseconds: nanoseconds, endedAt: 1_000_000)
        return gathering
    }

    @Test func `before the first flush there is nothing to wait for`() {
        #expect(Gathering().remaining(with: 1) { 0 } == nil)
    }

    @Test(arguments: [(1, 0, 1), (1, 1, 1), (2, 1, 2), (0, 8, 4), (8, 9, 9), (20, 20, 16), (400, 0, 16)])
    func `half of those around are enough, and sixteen`(_ lines: Int, _ waiting: Int, _ enough: Int) {
        let gathering = gathering(after: lines, waiting: waiting)
        #expect(gathering.remaining(with: enough) { 1_000_000 } == nil)
        if enough > 1 { #expect(gathering.remaining(with: enough - 1) { 1_000_000 } == 400_000) }
    }

    @Test func `those who are around no more are forgotten, a quarter with each flush`() {
        var gathering = gathering(after: 10, waiting: 10)
        var enough: [Int] = []
        for _ in 0..<12 {
            gathering.flushed(1, waiting: 0, inNanoseconds: 200_000, endedAt: 1_000_000)
            let first = (1...16).first { gathering.remaining(with: $0) { 1_000_000 } == nil }
            enough.append(first ?? 0)
        }
        #expect(enough == [8, 6, 4, 3, 2, 2, 1, 1, 1, 1, 1, 1])
    }

    @Test(arguments: [(0, 400_000), (399_999, 1), (400_000, nil), (5_000_000, nil)] as [(UInt64, UInt64?)])
    func `it is twice the last flush from its end`(_ passed: UInt64, _ remaining: UInt64?) {
        #expect(gathering(after: 10, waiting: 10).remaining(with: 2) { 1_000_000 + passed } == remaining)
    }

    @Test func `a slow disk makes it no longer than a millisecond`() {
        let gathering = gathering(after: 10, waiting: 10, inNanoseconds: 80_000_000)
        #expect(gathering.remaining(with: 2) { 1_000_000 } == Gathering.longestNanoseconds)
    }

    @Test func `the clock is read only when it matters`() {
        let gathering = gathering(after: 10, waiting: 10)
        var reads = 0
        _ = gathering.remaining(with: 9) {
            reads += 1
            return 0
        }
        _ = gathering.remaining(with: 30) {
            reads += 1
            return 0
        }
        #expect(reads == 1)
    }
}
