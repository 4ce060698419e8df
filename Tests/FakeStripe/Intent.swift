/// A PaymentIntent as the fake keeps it.
struct Intent: Sendable {
    enum Status: String, Sendable {
        case needsMethod = "requires_payment_method"
        case needsConfirmation = "requires_confirmation"
        case needsAction = "requires_action"
        case processing
        case needsCapture = "requires_capture"
        case succeeded
        case canceled
    }

    let id: String
    let account: String
    let isLive: Bool
    let amount: Int
    let currency: String
    let isManual: Bool
    let method: String?
    let metadata: [(String, Value)]
    let description: String?
    /// Seconds since the Unix epoch.
    let created: Int
    var status = Status.needsMethod
    var received = 0
    var refunded = 0
    var charge: String?
    var cancellationReason: String?
    /// The `error` object of a refused attempt.
    var lastError: Value?

    /// What is left to give back.
    var refundable: Int { received - refunded }

    mutating func charge(number: Int) {
        charge = "ch_fake\(number)"
        status = isManual ? .needsCapture : .succeeded
        received = isManual ? 0 : amount
    }

    /// - Parameter expandsCharge: whether `latest_charge` is the object instead of its id.
    func value(expandsCharge: Bool = false) -> Value {
        .object([
            ("id", .string(id)), ("object", .string("payment_intent")), ("amount", .number(amount)),
            ("amount_capturable", .number(status == .needsCapture ? amount : 0)),
            ("amount_received", .number(received)),
            ("canceled_at", status == .canceled ? .number(created) : .null),
            ("cancellation_reason", .optional(cancellationReason)),
            ("capture_method", .string(isManual ? "manual" : "automatic")),
            ("client_secret", .string("\(id)_secret_FAKE")), ("created", .number(created)),
            ("currency", .string(currency)), ("description", .optional(description)),
            ("last_payment_error", lastError ?? .null),
            ("latest_charge", expandsCharge ? chargeValue : .optional(charge)),
            ("livemode", .boolean(isLive)), ("metadata", .object(metadata)),
            ("next_action", status == .needsAction ? .raw(#"{"type":"use_stripe_sdk"}"#) : .null),
            ("payment_method", .optional(method)), ("payment_method_types", .array([.string("card")])),
            ("status", .string(status.rawValue)),
        ])
    }

    private var chargeValue: Value {
        guard let charge else { return .null }
        let card = Value.object([("brand", .string("visa")), ("capture_before", .number(created + 604_800))])
        return .object([
            ("id", .string(charge)), ("object", .string("charge")), ("amount", .number(amount)),
            ("payment_intent", .string(id)),
            ("payment_method_details", .object([("type", .string("card")), ("card", card)])),
        ])
    }

    /// As it stands in the `error` of a declined card.
    var brief: Value {
        .object([
            ("id", .string(id)), ("object", .string("payment_intent")), ("status", .string(status.rawValue)),
            ("amount", .number(amount)), ("metadata", .object(metadata)),
        ])
    }
}

/// A Refund as the fake keeps it.
struct Refund: Sendable {
    let id: String
    let intent: String
    let account: String
    let charge: String?
    let amount: Int
    let currency: String
    let metadata: [(String, Value)]
    let created: Int
    var status: String

    var value: Value {
        .object([
            ("id", .string(id)), ("object", .string("refund")), ("amount", .number(amount)),
            ("charge", .optional(charge)), ("created", .number(created)), ("currency", .string(currency)),
            ("metadata", .object(metadata)), ("payment_intent", .string(intent)), ("status", .string(status)),
        ])
    }
}
