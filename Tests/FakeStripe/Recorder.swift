/// Every request, in the order they came, so that a test can count them and read what was sent.
struct Recorder: Sendable {
    private(set) var requests: [FakeRequest] = []

    mutating func add(_ request: FakeRequest) {
        requests.append(request)
    }

    var value: Value {
        .object([("requests", .array(requests.map(Recorder.value)))])
    }

    private static func value(_ request: FakeRequest) -> Value {
        .object([
            ("method", .string(request.method)), ("path", .string(request.path)),
            ("query", fields(request.query)), ("fields", fields(request.fields)),
            ("body", .string(String(decoding: request.body, as: UTF8.self))),
            ("authorization", .optional(request.header("authorization"))),
            ("stripe_account", .optional(request.header("stripe-account"))),
            ("stripe_version", .optional(request.header("stripe-version"))),
            ("idempotency_key", .optional(request.header("idempotency-key"))),
            ("content_type", .optional(request.header("content-type"))),
            ("user_agent", .optional(request.header("user-agent"))), ("expect", .optional(request.header("expect"))),
        ])
    }

    private static func fields(_ fields: [FakeRequest.Field]) -> Value {
        .object(fields.map { ($0.name, .string($0.value)) })
    }
}
