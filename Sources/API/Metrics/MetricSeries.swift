import CoreMetrics
import Synchronization

/// One metric with one set of labels: it is added to from anywhere and written when somebody asks.
protocol MetricSeries: AnyObject, Sendable {
    var kind: MetricName.Kind { get }
    /// Whether there is anything to write: tables of codes and reasons would be mostly zeros.
    var isTouched: Bool { get }
    func write(_ name: String, _ labels: String, to text: inout MetricsText)
}

/// Counts up. Counting 0 touches it, too.
final class CounterSeries: MetricSeries, CounterHandler {
    let kind = MetricName.Kind.counter
    private let value = Atomic<Int64>(0)
    private let isCountedFrom = Atomic(false)

    var isTouched: Bool { value.load(ordering: .relaxed) > 0 || isCountedFrom.load(ordering: .relaxed) }

    func increment(by amount: Int64) {
        if amount > 0 {
            value.wrappingAdd(amount, ordering: .relaxed)
        } else {
            isCountedFrom.store(true, ordering: .relaxed)
        }
    }

    func reset() {
        value.store(0, ordering: .relaxed)
    }

    func write(_ name: String, _ labels: String, to text: inout MetricsText) {
        text.sample(name, labels, value.load(ordering: .relaxed))
    }
}

/// A value that goes up and down.
final class GaugeSeries: MetricSeries, MeterHandler, RecorderHandler {
    let kind = MetricName.Kind.gauge
    let isTouched = true
    private let bits = Atomic<UInt64>(0)

    func set(_ value: Int64) {
        set(Double(value))
    }

    func set(_ value: Double) {
        bits.store(value.bitPattern, ordering: .relaxed)
    }

    func record(_ value: Int64) {
        set(Double(value))
    }

    func record(_ value: Double) {
        set(value)
    }

    func increment(by amount: Double) {
        var present = bits.load(ordering: .relaxed)
        while true {
            let next = (Double(bitPattern: present) + amount).bitPattern
            let (exchanged, original) = bits.weakCompareExchange(
                expected: present, desired: next, ordering: .relaxed)
            if exchanged { return }
            present = original
        }
    }

    func decrement(by amount: Double) {
        increment(by: -amount)
    }

    func write(_ name: String, _ labels: String, to text: inout MetricsText) {
        text.sample(name, labels, Double(bitPattern: bits.load(ordering: .relaxed)))
    }
}

/// How long something took: counts per bucket, and the sum.
final class HistogramSeries: MetricSeries, TimerHandler, RecorderHandler {
    private static let places = 16

    let kind = MetricName.Kind.histogram
    /// In nanoseconds, ascending; one place fewer than there are counts, for what is above them all.
    private let bounds: [Int64]
    private let counts: InlineArray<16, Atomic<Int64>>
    private let nanoseconds = Atomic<Int64>(0)

    var isTouched: Bool { counts.indices.contains { counts[$0].load(ordering: .relaxed) > 0 } }

    init(bounds: [Int64]) {
        self.bounds = Array(bounds.prefix(HistogramSeries.places - 1))
        counts = InlineArray { _ in Atomic(0) }
    }

    func recordNanoseconds(_ duration: Int64) {
        var place = 0
        while place < bounds.count, duration > bounds[place] { place += 1 }
        counts[place].wrappingAdd(1, ordering: .relaxed)
        nanoseconds.wrappingAdd(max(0, duration), ordering: .relaxed)
    }

    /// Of seconds, the base unit.
    func record(_ value: Int64) {
        record(Double(value))
    }

    func record(_ value: Double) {
        recordNanoseconds(Int64(exactly: (value * 1_000_000_000).rounded()) ?? 0)
    }

    func write(_ name: String, _ labels: String, to text: inout MetricsText) {
        let comma = labels.isEmpty ? "" : ","
        var count: Int64 = 0
        for (place, bound) in bounds.enumerated() {
            count &+= counts[place].load(ordering: .relaxed)
            let limit = MetricsText.number(Double(bound) / 1_000_000_000)
            text.sample("\(name)_bucket", "\(labels)\(comma)le=\"\(limit)\"", count)
        }
        count &+= counts[bounds.count].load(ordering: .relaxed)
        text.sample("\(name)_bucket", "\(labels)\(comma)le=\"+Inf\"", count)
        text.sample("\(name)_sum", labels, Double(nanoseconds.load(ordering: .relaxed)) / 1_000_000_000)
        text.sample("\(name)_count", labels, count)
    }
}
