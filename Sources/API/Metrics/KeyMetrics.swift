import Payments

/// When keys end, for those that do.
package struct KeyMetrics: Sendable {
    private let ends: [(labels: String, seconds: Double)]

    package init(_ shops: [ShopKeys]) {
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
        guard !ends.isEmpty else { return }
        text.family(.keyExpires)
        for end in ends { text.sample(MetricName.keyExpires.rawValue, end.labels, end.seconds) }
    }
}
