package import Payments

/// When keys end, for those that do.
package struct KeyMetrics: Sendable {
    private let ends: [(labels: String, seconds: Double)]
    private let merchants: @Sendable () -> [MerchantKeyEnds.End]

    /// - Parameter merchants: the keys of merchants that have an end, asked for each time the metrics are.
    package init(_ shops: [ShopKeys], merchants: @escaping @Sendable () -> [MerchantKeyEnds.End]) {
        self.merchants = merchants
        var ends: [(labels: String, seconds: Double)] = []
        for shop in shops {
            let principal = "\(shop.shop.environment.rawValue)/\(shop.shop.id)"
            let purchase = shop.purchaseKeys.map { ("purchase", $0.name, $0.validity) }
            let egress = shop.egressKeys.map { ("egress", $0.name, $0.validity) }
            for (purpose, name, validity) in purchase + egress {
                guard let until = validity.until else { continue }
                let labels = MetricsText.labels([("principal", principal), ("purpose", purpose), ("key", name)])
                ends.append((labels, Double(until) / 1000))
            }
        }
        self.ends = ends
    }

    @Sendable package func write(to text: inout MetricsText) {
        let all = ends + merchants().map(KeyMetrics.sample)
        guard !all.isEmpty else { return }
        text.family(.keyExpires)
        for end in all { text.sample(MetricName.keyExpires.rawValue, end.labels, end.seconds) }
    }

    private static func sample(_ end: MerchantKeyEnds.End) -> (labels: String, seconds: Double) {
        let labels = MetricsText.labels([
            ("principal", end.merchant.text), ("purpose", end.use.rawValue), ("key", end.name),
        ])
        return (labels, Double(end.until) / 1000)
    }
}
