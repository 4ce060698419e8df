import JSON

/// What became of all calls.
struct SendSummary: Sendable {
    private(set) var calls = 0
    /// By operation and outcome, in the order they first came.
    private(set) var counts: [(operation: SendOperation?, outcome: SendOutcome, count: Int)] = []
    private(set) var unexpected = 0
    /// The first few unexpected answers, a line each.
    private(set) var surprises: [String] = []
    /// Of the calls that were answered.
    private(set) var microseconds: [Int64] = []
    var elapsedMicroseconds: Int64 = 0

    private static let maximumSurprises = 5

    /// A caller that could not begin.
    mutating func add(_ outcome: SendOutcome, surprise: String) {
        count(nil, outcome)
        note(surprise)
    }

    /// - Parameters:
    ///   - microseconds: how long the answer took; nil when there was none.
    ///   - surprise: what was unexpected about it, as a line; nil when nothing was.
    mutating func add(_ operation: SendOperation, _ outcome: SendOutcome, _ microseconds: Int64?, surprise: String?) {
        calls += 1
        count(operation, outcome)
        if let microseconds { self.microseconds.append(microseconds) }
        if let surprise { note(surprise) }
    }

    private mutating func count(_ operation: SendOperation?, _ outcome: SendOutcome) {
        if let index = counts.firstIndex(where: { $0.operation == operation && $0.outcome == outcome }) {
            counts[index].count += 1
        } else {
            counts.append((operation, outcome, 1))
        }
    }

    private mutating func note(_ surprise: String) {
        unexpected += 1
        if surprises.count < SendSummary.maximumSurprises { surprises.append(surprise) }
    }

    /// The latency that this share of the answers did not exceed (nearest rank); nil without answers.
    func percentile(_ percent: Int) -> Int64? {
        let sorted = microseconds.sorted()
        guard !sorted.isEmpty else { return nil }
        let rank = (sorted.count * percent + 99) / 100
        return sorted[min(sorted.count, max(1, rank)) - 1]
    }

    var text: String {
        var lines = counts.map { entry in
            "\((entry.operation?.rawValue ?? "").padded(to: 10))\(entry.outcome.label.padded(to: 40)) \(entry.count)"
        }
        if let median = percentile(50), let tail = percentile(99), let largest = percentile(100) {
            let rate = elapsedMicroseconds > 0 ? Int64(calls) * 1_000_000 / elapsedMicroseconds : 0
            let figures = [median, tail, largest].map(SendSummary.milliseconds)
            lines.append("p50 \(figures[0])  p99 \(figures[1])  max \(figures[2])  \(rate) calls/s")
        }
        for surprise in surprises { lines.append("unexpected: \(surprise)") }
        if unexpected > surprises.count { lines.append("… and \(unexpected - surprises.count) more") }
        lines.append(unexpected == 0 ? "All \(calls) answers are as expected." : "\(unexpected) of \(calls) are not.")
        return lines.joined(separator: "\n")
    }

    /// Such as `3.1 ms`.
    private static func milliseconds(_ microseconds: Int64) -> String {
        "\(microseconds / 1000).\(microseconds % 1000 / 100) ms"
    }

    var json: [UInt8] {
        var writer = JSONWriter(reserving: 1024)
        writer.beginObject()
        writer.member("calls", Int64(calls))
        writer.member("unexpected", Int64(unexpected))
        writer.name("outcomes")
        writer.beginArray()
        for entry in counts {
            writer.beginObject()
            if let operation = entry.operation { writer.member("operation", operation.rawValue) }
            writer.member("outcome", entry.outcome.label)
            writer.member("count", Int64(entry.count))
            writer.endObject()
        }
        writer.endArray()
        for (name, percent) in [("p50Microseconds", 50), ("p99Microseconds", 99), ("maxMicroseconds", 100)] {
            writer.name(name)
            if let value = percentile(percent) { writer.integer(value) } else { writer.null() }
        }
        writer.member("elapsedMicroseconds", elapsedMicroseconds)
        writer.name("surprises")
        writer.beginArray()
        for surprise in surprises { writer.string(surprise) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}
