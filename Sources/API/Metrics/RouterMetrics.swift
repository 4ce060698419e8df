import CoreMetrics
import FastCGI
import Payments

/// The metrics of one routes table and its shops. All are found when the table is made; a request only indexes.
final class RouterMetrics: Sendable {
    /// By position in the table, from 1 on; 0 is for what had no route.
    private let routes: [RouteMetrics]
    /// The shops' positions, from 1 on.
    private let shops: [ObjectIdentifier: Int]
    /// The shops themselves, so that no other object gets their identity.
    private let kept: [Shop]
    /// By route, then by shop and decision; none for a route that no shop calls.
    private let decisions: [[Counter]]
    private let schemes: [Counter]
    private let clockSkew: Meter
    private let amounts: AmountMetrics
    private let registry: MetricsRegistry

    init(_ routes: [Route], _ shops: [Shop], _ registry: MetricsRegistry) {
        let patterns = ["none"] + routes.map(\.pattern.description)
        self.routes = patterns.map { RouteMetrics($0, registry) }
        self.shops = Dictionary(
            shops.enumerated().map { (ObjectIdentifier($1), $0 + 1) }, uniquingKeysWith: { first, _ in first })
        kept = shops
        decisions =
            [[]]
            + routes.map { route in
                guard route.authentication.knowsShops else { return [] }
                let pattern = route.pattern.description
                return shops.flatMap { shop in
                    Decision.allCases.map { RouterMetrics.counter(of: $0, pattern, shop, registry) }
                }
            }
        schemes = Caller.Scheme.allCases.map { scheme in
            let counter = Counter(
                label: MetricName.signatureSchemes.rawValue, dimensions: [("scheme", scheme.rawValue)],
                factory: registry)
            // Shown from the start: whether the legacy scheme is at zero decides when it can be switched off.
            counter.increment(by: 0)
            return counter
        }
        clockSkew = Meter(label: MetricName.clockSkew.rawValue, factory: registry)
        amounts = AmountMetrics(registry: registry)
        self.registry = registry
    }

    private static func counter(
        of decision: Decision, _ pattern: String, _ shop: Shop, _ registry: MetricsRegistry
    ) -> Counter {
        let (result, reason) = decision.labels
        return Counter(
            label: MetricName.decisions.rawValue,
            dimensions: [
                ("route", pattern), ("shop", shop.id.text), ("environment", shop.environment.rawValue),
                ("result", result), ("reason", reason),
            ], factory: registry)
    }

    /// Where answers to that caller are counted; 0 for nowhere.
    func position(of caller: Caller?) -> Int {
        guard let caller, case .shop(let shop) = caller.principal else { return 0 }
        return shops[ObjectIdentifier(shop)] ?? 0
    }

    func didAuthenticate(_ caller: Caller) {
        if let scheme = Caller.Scheme.allCases.firstIndex(of: caller.scheme) { schemes[scheme].increment() }
    }

    /// The caller's request could be read.
    func didRead(_ caller: Caller) {
        if let skew = caller.skewMilliseconds { clockSkew.set(Double(skew) / 1000) }
    }

    /// Made when it happens: the reasons are many, and who is refused may wait a microsecond longer.
    func didRefuse(_ error: PaymentError, at route: Route) {
        Counter(
            label: MetricName.authenticationFailures.rawValue,
            dimensions: [
                ("route", route.pattern.description), ("scheme", route.authentication.name),
                ("reason", error.reason?.description ?? ""),
            ], factory: registry
        ).increment()
    }

    func didSend(_ response: Response, durationNanoseconds: UInt64) {
        let tally = response.tally
        guard routes.indices.contains(tally.route) else { return }
        let route = routes[tally.route]
        route.didSend(status: response.status, durationNanoseconds: durationNanoseconds)
        guard tally.decision > 0, let decision = Decision(rawValue: tally.decision) else { return }
        route.didDecide(decision)
        let decisions = decisions[tally.route]
        let position = (tally.principal - 1) * Decision.allCases.count + tally.decision
        guard tally.principal > 0, decisions.indices.contains(position) else { return }
        decisions[position].increment()
        didDecide(decision, response, kept[tally.principal - 1])
    }

    private func didDecide(_ decision: Decision, _ response: Response, _ shop: Shop) {
        let tally = response.tally
        if tally.amount > 0 {
            amounts.add(
                tally.amount, currency: tally.unit, environment: shop.environment.rawValue,
                result: decision.labels.result)
        }
        guard let transaction = response.subject else { return }
        switch decision {
        case .registered:
            registry.reservations.begin(
                RouterMetrics.place(shop, transaction), forMilliseconds: shop.policy.reservationMilliseconds)
        case .granted, .cancelled: registry.reservations.end { RouterMetrics.place(shop, transaction) }
        case .none, .grantedBefore, .itemRefused, .priceRefused, .alreadyCompleted, .alreadyCancelled, .invalid,
            .conflict, .notFound, .refused, .overloaded, .unavailable:
            break
        }
    }

    private static func place(_ shop: Shop, _ transaction: String) -> String {
        "\(shop.environment.rawValue)/\(shop.id.text)/\(transaction)"
    }
}

/// The metrics of one route. A class, so that a request that finds them counts up one reference.
private final class RouteMetrics: Sendable {
    /// The statuses there are, the most frequent first; any other is counted as `other`.
    private static let statuses = [
        200, 201, 204, 302, 400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 502, 503, 504,
    ]

    private let duration: CoreMetrics.Timer
    private let requests: [Counter]
    private let duplicates: [Counter]

    init(_ pattern: String, _ registry: MetricsRegistry) {
        duration = CoreMetrics.Timer(
            label: MetricName.requestDuration.rawValue, dimensions: [("route", pattern)], factory: registry)
        requests = (RouteMetrics.statuses.map(String.init) + ["other"]).map { code in
            Counter(
                label: MetricName.requests.rawValue, dimensions: [("route", pattern), ("code", code)],
                factory: registry)
        }
        duplicates = Decision.Repetition.allCases.map { kind in
            Counter(
                label: MetricName.duplicates.rawValue, dimensions: [("route", pattern), ("kind", kind.name)],
                factory: registry)
        }
    }

    func didSend(status: Int, durationNanoseconds: UInt64) {
        duration.recordNanoseconds(Int64(clamping: durationNanoseconds))
        requests[RouteMetrics.statuses.firstIndex(of: status) ?? RouteMetrics.statuses.count].increment()
    }

    func didDecide(_ decision: Decision) {
        if let repetition = decision.repetition { duplicates[repetition.rawValue].increment() }
    }
}
