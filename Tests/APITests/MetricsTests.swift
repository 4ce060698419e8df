import CoreMetrics
import FastCGI
import Foundation
import Payments
import Testing

@testable import API

@Suite struct `Metrics` {
    private let bench = Bench()

    private func page(_ registry: MetricsRegistry) -> [Substring] {
        var text = MetricsText()
        registry.write(to: &text)
        return String(decoding: text.bytes, as: UTF8.self).split(separator: "\n")
    }

    /// Sends a request as the server does, with `didSend` at the end.
    private func send(_ request: Request) {
        guard case .response(let response) = bench.router.handle(request) else { return }
        bench.router.didSend(response, durationNanoseconds: 7_000_000)
    }

    private func purchase(_ body: String, key: String = "cad1") throws {
        send(try .make("/purchase/p-1", Array(body.utf8), headers: [("HTTP_X_API_KEY", key)]))
    }

    @Test func `requests, durations, decisions and duplicates are counted by route and shop`() throws {
        try purchase(Sample.guide)
        try purchase(Sample.guide)
        try purchase(Sample.guide.replacing("sword_123", with: "axe"))
        try purchase("{}")
        let lines = page(bench.registry)
        let route = #"route="/purchase/{player_id}""#
        let shop = #"shop="\#(Sample.shop)",environment="TEST""#
        for line in [
            #"tollgate_requests_total{\#(route),code="200"} 2"#, #"tollgate_requests_total{\#(route),code="409"} 1"#,
            #"tollgate_requests_total{\#(route),code="400"} 1"#,
            #"tollgate_request_duration_seconds_bucket{\#(route),le="0.005"} 0"#,
            #"tollgate_request_duration_seconds_bucket{\#(route),le="0.01"} 4"#,
            #"tollgate_request_duration_seconds_bucket{\#(route),le="+Inf"} 4"#,
            #"tollgate_request_duration_seconds_sum{\#(route)} 0.028"#,
            #"tollgate_request_duration_seconds_count{\#(route)} 4"#,
            #"tollgate_decisions_total{\#(route),\#(shop),result="granted",reason=""} 1"#,
            #"tollgate_decisions_total{\#(route),\#(shop),result="repeated",reason=""} 1"#,
            #"tollgate_decisions_total{\#(route),\#(shop),result="refused",reason="conflict"} 1"#,
            #"tollgate_decisions_total{\#(route),\#(shop),result="refused",reason="invalid"} 1"#,
            #"tollgate_duplicates_total{\#(route),kind="same"} 1"#,
            #"tollgate_duplicates_total{\#(route),kind="conflict"} 1"#,
            #"tollgate_signature_scheme_total{scheme="api-key"} 4"#,
            #"tollgate_signature_scheme_total{scheme="legacy"} 0"#,
        ] { #expect(lines.contains(Substring(line)), "\(line)\n\(lines.joined(separator: "\n"))") }
    }

    @Test func `what has no route and what nobody is believed for is counted, too`() throws {
        send(try .make("/nowhere"))
        try purchase(Sample.guide, key: "wrong")
        let lines = page(bench.registry)
        #expect(lines.contains(#"tollgate_requests_total{route="none",code="404"} 1"#))
        let failure = #"{route="/purchase/{player_id}",scheme="api-key",reason="unknown API key"} 1"#
        #expect(lines.contains(Substring("tollgate_auth_failures_total\(failure)")))
        #expect(!lines.contains { $0.hasPrefix("tollgate_decisions_total") })
    }

    @Test func `the clock's skew is our time minus the signature's`() throws {
        let body = Array(Sample.cancel.utf8)
        let header = ("HTTP_X_STASH_HMAC_SIGNATURE", Signer.v1(body, at: Sample.now + 1500))
        send(try .make("/api/v1/purchase/cancel", body, headers: [header]))
        #expect(page(bench.registry).contains("tollgate_clock_skew_seconds -1.5"))
    }

    @Test func `no id and no secret is in a label`() throws {
        try purchase(Sample.guide)
        try purchase(Sample.guide, key: "a-secret-guess")
        let text = page(bench.registry).joined(separator: "\n")
        for hidden in ["p-1", "abc123", "cad1", "a-secret-guess", Sample.secret] {
            #expect(!text.contains(hidden), "\(hidden)")
        }
    }

    @Test func `the same name and labels are the same series, however often a table is made`() {
        let registry = MetricsRegistry()
        for _ in 0..<3 { Counter(label: "a_total", dimensions: [("b", "c")], factory: registry).increment() }
        Counter(label: "a_total", dimensions: [("b", "d")], factory: registry).increment(by: 5)
        #expect(page(registry) == ["# TYPE a_total counter", #"a_total{b="c"} 3"#, #"a_total{b="d"} 5"#])
    }

    @Test func `a name that is taken by another kind ends nothing and spoils nothing`() {
        let registry = MetricsRegistry()
        Counter(label: "a", factory: registry).increment()
        Meter(label: "a", dimensions: [("b", "c")], factory: registry).set(7)
        #expect(page(registry) == ["# TYPE a counter", "a 1"])
    }

    @Test func `a series that is destroyed is not written any more`() {
        let registry = MetricsRegistry()
        let counter = Counter(label: "a_total", factory: registry)
        counter.increment()
        counter.destroy()
        #expect(page(registry).isEmpty)
    }

    @Test func `gauges go up and down, timers and recorders become histograms`() {
        let registry = MetricsRegistry()
        let meter = Meter(label: "m", factory: registry)
        meter.increment(by: 2.5)
        meter.decrement(by: 1)
        Gauge(label: "g", factory: registry).record(-3)
        Recorder(label: "r_seconds", factory: registry).record(0.3)
        let lines = page(registry)
        #expect(lines.contains("m 1.5"))
        #expect(lines.contains("g -3"))
        #expect(lines.contains(#"r_seconds_bucket{le="0.25"} 0"#))
        #expect(lines.contains(#"r_seconds_bucket{le="0.5"} 1"#))
    }

    @Test(arguments: [
        (Int64.min, "0.005"), (0, "0.005"), (5_000_000, "0.005"), (5_000_001, "0.01"), (5_000_000_000, "5"),
        (5_000_000_001, "+Inf"), (Int64.max, "+Inf"),
    ])
    func `a duration counts in the first bucket that holds it`(nanoseconds: Int64, bucket: String) {
        let registry = MetricsRegistry()
        CoreMetrics.Timer(label: "t", factory: registry).recordNanoseconds(nanoseconds)
        let first = page(registry).first { $0.hasPrefix("t_bucket") && $0.hasSuffix(" 1") }
        #expect(first == Substring("t_bucket{le=\"\(bucket)\"} 1"))
    }

    @Test(arguments: [
        ("plain", "plain"), (#"a"b"#, #"a\"b"#), (#"a\b"#, #"a\\b"#), ("a\nb", #"a\nb"#), ("{é}", "{é}"),
    ])
    func `a label's value cannot end it`(value: String, written: String) {
        #expect(MetricsText.labels([("a", value), ("b", "c")]) == #"a="\#(written)",b="c""#)
    }

    @Test(arguments: [
        (0, "0"), (1, "1"), (-2.5, "-2.5"), (1e-9, "1e-09"), (Double.infinity, "+Inf"), (-Double.infinity, "-Inf"),
        (Double.nan, "NaN"), (1e300, "1e+300"),
    ])
    func `numbers are written as Prometheus reads them`(value: Double, written: String) {
        #expect(MetricsText.number(value) == written)
    }

    @Test func `keys that end are listed, those that do not are not`() {
        let shop = Shop(id: ShopID("s"), environment: .test)
        let secret = Secret([1])
        var text = MetricsText()
        KeyMetrics([
            ShopKeys(
                shop: shop,
                purchaseKeys: [
                    PurchaseAPIKey(name: "a", secret: secret, validity: KeyValidity(from: nil, until: 1_500)),
                    PurchaseAPIKey(name: "b", secret: secret),
                ],
                egressKeys: [
                    EgressKey(
                        name: "a", secret: secret, reading: .utf8, validity: KeyValidity(from: nil, until: 2_000))
                ])
        ]) {
            [MerchantKeyEnds.End(merchant: MerchantID("m"), use: .publishable, name: "web", until: 2_500)]
        }.write(to: &text)
        let lines = String(decoding: text.bytes, as: UTF8.self).split(separator: "\n").dropFirst(2)
        #expect(
            Array(lines) == [
                #"tollgate_key_expires_timestamp_seconds{principal="TEST/s",purpose="purchase",key="a"} 1.5"#,
                #"tollgate_key_expires_timestamp_seconds{principal="TEST/s",purpose="egress",key="a"} 2"#,
                #"tollgate_key_expires_timestamp_seconds{principal="m",purpose="publishable",key="web"} 2.5"#,
            ])
    }

    @Test func `the page is on the operator's socket only, and is no JSON`() throws {
        let request = try Request.make("/metrics", method: "GET", listener: .admin)
        guard case .blocking(let answer) = bench.router.handle(request) else {
            Issue.record("it lists files, so it must not run on a worker")
            return
        }
        let response = answer()
        #expect(response.status == 200)
        #expect(response.contentType == "text/plain; version=0.0.4; charset=utf-8")
        #expect(bench.send(try .make("/metrics", method: "GET")).status == 404)
    }

    @Test func `money is added up by currency and environment, and only once for each purchase`() {
        let registry = MetricsRegistry()
        let amounts = AmountMetrics(registry: registry)
        amounts.add(1098, currency: "USD", environment: "TEST", result: "granted")
        amounts.add(2, currency: "USD", environment: "TEST", result: "granted")
        amounts.add(5, currency: "USD", environment: "PRODUCTION", result: "granted")
        let lines = page(registry).filter { $0.hasPrefix("tollgate_amount_minor_units_total{") }
        #expect(
            lines.sorted() == [
                #"tollgate_amount_minor_units_total{currency="USD",environment="PRODUCTION",result="granted"} 5"#,
                #"tollgate_amount_minor_units_total{currency="USD",environment="TEST",result="granted"} 1100"#,
            ])
    }

    @Test func `a registration is counted until it is ended or has lapsed`() {
        let reservations = Reservations()
        reservations.begin("a", forMilliseconds: 60_000)
        reservations.begin("a", forMilliseconds: 60_000)
        reservations.begin("b", forMilliseconds: 60_000)
        reservations.begin("lapsed", forMilliseconds: 0)
        #expect(reservations.count == 2)
        reservations.end { "a" }
        reservations.end { "never there" }
        #expect(reservations.count == 1)
    }

    @Test func `lapsed registrations take no room from others though nobody asks for the count`() {
        let reservations = Reservations()
        reservations.begin("first", forMilliseconds: 60_000)
        for number in 0..<200_000 { reservations.begin("lapsed-\(number)", forMilliseconds: 0) }
        reservations.begin("last", forMilliseconds: 60_000)
        #expect(reservations.count == 2)
    }

    @Test func `docs/metrics.md has every metric with its kind, and no other`() throws {
        let file = URL(fileURLWithPath: #filePath).appending(path: "../../../docs/metrics.md").standardizedFileURL
        let rows = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            return (line.hasPrefix("| `tollgate_") || line.hasPrefix("| `process_")) && cells.count >= 2
                ? "\(cells[0]) \(cells[1])" : nil
        }
        #expect(rows.sorted() == MetricName.allCases.map { "`\($0.rawValue)` \($0.kind.rawValue)" }.sorted())
    }
}
