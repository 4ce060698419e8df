package import CoreMetrics
import Synchronization

/// The metrics of the process: makes them for swift-metrics, and writes them all as Prometheus text.
///
/// The same name with the same labels is the same series, so a reload goes on counting where it was. Making one takes a
/// lock and builds text; whoever counts per request does it once and keeps the metric.
package final class MetricsRegistry: MetricsFactory {
    /// Series by metric name, then by labels.
    private let families = Mutex<[String: [String: any MetricSeries]]>([:])

    /// Over all generations of routes, as the series are.
    package let reservations = Reservations()

    package init() {}

    package func write(to text: inout MetricsText) {
        let all = families.withLock { $0 }
        for (name, family) in all.sorted(by: { $0.key < $1.key }) {
            let family = family.filter { $0.value.isTouched }
            guard let kind = family.first?.value.kind else { continue }
            if let known = MetricName(rawValue: name) { text.family(known) } else { text.family(name, kind) }
            for (labels, series) in family.sorted(by: { $0.key < $1.key }) {
                series.write(name, labels, to: &text)
            }
        }
    }

    // MARK: MetricsFactory

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions) { CounterSeries() }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions) { GaugeSeries() }
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else { return series(label, dimensions) { GaugeSeries() } }
        return series(label, dimensions) { HistogramSeries(bounds: MetricName.bounds(of: label)) }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, dimensions) { HistogramSeries(bounds: MetricName.bounds(of: label)) }
    }

    package func destroyCounter(_ handler: any CounterHandler) { forget(handler) }
    package func destroyMeter(_ handler: any MeterHandler) { forget(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { forget(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { forget(handler) }

    /// A name that is there already as another kind gives a series nobody will read: a mistake in naming must not end
    /// the process.
    private func series<Series: MetricSeries>(
        _ label: String, _ dimensions: [(String, String)], _ make: () -> Series
    ) -> Series {
        let labels = MetricsText.labels(dimensions)
        return families.withLock { families in
            if let present = families[label]?[labels] as? Series { return present }
            let series = make()
            guard families[label]?.first.map({ $0.value.kind == series.kind }) ?? true else { return series }
            families[label, default: [:]][labels] = series
            return series
        }
    }

    private func forget(_ handler: AnyObject) {
        families.withLock { families in
            for name in families.keys { families[name] = families[name]?.filter { $0.value !== handler } }
        }
    }
}

extension MetricsRegistry {
    /// Counts one. Looks the counter up by text: for what happens seldom.
    package func count(_ name: MetricName, _ labels: [(String, String)]) {
        Counter(label: name.rawValue, dimensions: labels, factory: self).increment()
    }

    /// Records durations, in nanoseconds, for a room that knows no metrics.
    package func stopwatch(_ name: MetricName) -> @Sendable (UInt64) -> Void {
        let timer = CoreMetrics.Timer(label: name.rawValue, factory: self)
        return { timer.recordNanoseconds(Int64(clamping: $0)) }
    }
}
