import FastCGI
package import JSON
package import Payments

/// `POST /webhooks/stripe`: verifies what Stripe sends, and hands each event to who wants its type.
package struct StripeWebhooks: Sendable {
    /// Each secret as it is written, `whsec_` included; several while one is being replaced.
    private let keys: [HMACKey]
    private let isLive: Bool
    private let clock: Clock
    private let handlers: [StripeWebhookHandler]

    /// - Parameters:
    ///   - isLive: the configured mode. Stripe sends a live endpoint both kinds of events.
    ///   - handlers: the first whose types hold an event's gets it; what nobody wants is ignored.
    package init(secrets: [Secret], isLive: Bool, clock: Clock, handlers: [StripeWebhookHandler]) {
        keys = secrets.map { HMACKey($0.bytes) }
        self.isLive = isLive
        self.clock = clock
        self.handlers = handlers
    }

    var route: Route {
        Route(
            method: "POST", pattern: "/webhooks/stripe", authentication: .none, family: .guide,
            answer: { call throws(PaymentError) in
                var response = try receive(call.request)
                response.note.route = "/webhooks/stripe"
                return response
            })
    }

    /// Answers 200 as soon as the event is durable: Stripe repeats whatever is answered otherwise.
    ///
    /// - Throws: `invalid` (400) for what Stripe did not sign, before a byte of it is read; `unavailable`.
    private func receive(_ request: Request) throws(PaymentError) -> Response {
        try verify(request)
        let (event, object) = try StripeWebhooks.event(request.body)
        let result = try handle(event, object)
        var response = StripeWebhooks.received
        response.durableAt = result.sequence
        response.note.scheme = "stripe-signature"
        response.note.subject = event.id
        response.note.reason = result.result.note
        return response
    }

    private func verify(_ request: Request) throws(PaymentError) {
        guard let header = request.header("HTTP_STRIPE_SIGNATURE"), let signature = StripeSignature(header),
            signature.isFresh(atMilliseconds: clock.milliseconds()), signature.isMade(with: keys, over: request.body)
        else {
            var error = PaymentError(.invalid, "The Stripe-Signature header does not fit the body.")
            error.reason = "webhook signature"
            throw error
        }
    }

    private func handle(
        _ event: StripeWebhookEvent, _ object: JSONValue
    ) throws(PaymentError) -> Committed<StripeWebhookResult> {
        // Of the other mode: somebody else's, although the signature is right.
        guard event.isLive == isLive, let handler = handlers.first(where: { $0.wants(event.type) }) else {
            return Committed(result: .ignored, sequence: 0)
        }
        return try handler.handle(event, object)
    }

    private static func event(_ body: [UInt8]) throws(PaymentError) -> (StripeWebhookEvent, JSONValue) {
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONDocument(parsing: body).root
        } catch {
            throw .unreadable("body", error.message)
        }
        guard let id = root["id"]?.string, (1...255).contains(id.utf8.count), let type = root["type"]?.string,
            let isLive = root["livemode"]?.boolean
        else { throw .unreadable("body", "is no event of Stripe's") }
        let event = StripeWebhookEvent(
            id: id, type: type, account: root["account"]?.string.map { StripeAccountID($0) }, isLive: isLive,
            created: root["created"]?.integer)
        return (event, root)
    }

    private static let received = Response(status: 200, body: Array(#"{"received":true}"#.utf8))
}

/// What happens to webhook events of some types.
package struct StripeWebhookHandler: Sendable {
    /// Such as `account.application.deauthorized`; `payment_intent.*` stands for all that begin so.
    private let types: [String]
    /// - The event, and the whole object it was read from.
    let handle: @Sendable (StripeWebhookEvent, JSONValue) throws(PaymentError) -> Committed<StripeWebhookResult>

    package init(
        types: [String],
        handle:
            @escaping @Sendable (StripeWebhookEvent, JSONValue) throws(PaymentError) -> Committed<
                StripeWebhookResult
            >
    ) {
        self.types = types
        self.handle = handle
    }

    /// Whoever disconnects the platform at Stripe loses the authorizations of the account here.
    package static func deauthorizations(_ authorizations: StripeAuthorizations) -> StripeWebhookHandler {
        StripeWebhookHandler(types: ["account.application.deauthorized"]) { event, _ throws(PaymentError) in
            try authorizations.receive(event)
        }
    }

    func wants(_ type: String) -> Bool {
        types.contains { pattern in
            pattern.hasSuffix(".*")
                ? type.utf8.starts(with: pattern.utf8.dropLast()) : pattern.hasSameBytes(as: type)
        }
    }
}

extension StripeWebhookResult {
    /// For the log.
    fileprivate var note: String {
        switch self {
        case .applied(let dropped): "dropped \(dropped)"
        case .noted: "noted"
        case .repeated: "repeated"
        case .ignored: "ignored"
        }
    }
}
