import FastCGI

/// `GET /metrics` on the operator's socket: Prometheus's text.
package struct MetricsEndpoint: Sendable {
    /// Writes metrics that are read when somebody asks, such as sizes.
    package typealias Collector = @Sendable (inout MetricsText) -> Void

    private let registry: MetricsRegistry
    private let collectors: [Collector]

    package init(registry: MetricsRegistry, collectors: [Collector]) {
        self.registry = registry
        self.collectors = collectors
    }

    @Sendable func page() -> Response {
        var text = MetricsText()
        registry.write(to: &text)
        for collector in collectors { collector(&text) }
        return Response(status: 200, contentType: MetricsText.contentType, body: text.bytes)
    }
}

extension Route {
    /// A GET route for the operator's socket whose answer is no JSON.
    static func operatorPage(_ pattern: PathPattern, _ page: @escaping @Sendable () -> Response) -> Route {
        let name = pattern.description
        return Route(
            method: "GET", pattern: pattern, authentication: .none, family: .guide, listener: .admin, lane: .blocking,
            answer: { _ in
                var response = page()
                response.note.route = name
                return response
            })
    }
}
