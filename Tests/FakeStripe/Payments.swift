import Glibc

/// PaymentIntents and refunds on connected accounts (section 4).
struct Payments: Sendable {
    private var intents: [Intent] = []
    private var refunds: [Refund] = []
    private var seenKeys: Set<String> = []

    /// Whether this key comes for the first time, carried out or not.
    mutating func isFirst(key: String) -> Bool {
        seenKeys.insert(key).inserted
    }

    mutating func answer(_ request: FakeRequest, account: String, isLive: Bool, isFirstUse: Bool) -> Reply {
        let parts = request.path.split(separator: "/").dropFirst().map { String($0) }
        switch (request.method, parts.first, parts.count) {
        case ("POST", "payment_intents", 1):
            return create(request, account: account, isLive: isLive, isFirstUse: isFirstUse)
        case ("GET", "payment_intents", 1):
            let lowest = request.queryItem("created[gte]").flatMap { Int($0) } ?? .min
            let highest = request.queryItem("created[lte]").flatMap { Int($0) } ?? .max
            let found = intents.filter { $0.account == account && (lowest...highest).contains($0.created) }
            return Payments.list(request, found.map { ($0.id, $0.value()) })
        case ("GET", "payment_intents", 2):
            return change(parts[1], account) { Reply(200, $0.value(expandsCharge: Payments.expands(request.query))) }
        case ("POST", "payment_intents", 3) where parts[2] == "capture":
            return change(parts[1], account) { Payments.capture(&$0, request) }
        case ("POST", "payment_intents", 3) where parts[2] == "cancel":
            return change(parts[1], account) { Payments.cancel(&$0, request) }
        case ("POST", "refunds", 1): return refund(request, account: account)
        case ("GET", "refunds", 1):
            let intent = request.queryItem("payment_intent")
            let found = refunds.filter { $0.account == account && (intent == nil || $0.intent == intent) }
            return Payments.list(request, found.map { ($0.id, $0.value) })
        case ("GET", "refunds", 2):
            guard let refund = refunds.first(where: { $0.id == parts[1] && $0.account == account }) else {
                return .refused(404, code: "resource_missing", "No such refund: '\(parts[1])'")
            }
            return Reply(200, refund.value)
        default: return .refused(404, "Unrecognized request URL (\(request.method): \(request.path)).")
        }
    }

    /// The newest first, `limit` of them, after the one named.
    private static func list(_ request: FakeRequest, _ oldestFirst: [(id: String, value: Value)]) -> Reply {
        var rest = Array(oldestFirst.reversed())[...]
        if let last = request.queryItem("starting_after") {
            rest = rest.drop { $0.id != last }.dropFirst()
        }
        let page = rest.prefix(request.queryItem("limit").flatMap { Int($0) } ?? 10)
        return Reply(
            200,
            .object([
                ("object", .string("list")), ("data", .array(page.map(\.value))),
                ("has_more", .boolean(rest.count > page.count)),
            ]))
    }

    private static func expands(_ fields: [FakeRequest.Field]) -> Bool {
        fields.contains { $0.name.hasPrefix("expand[") && $0.value == "latest_charge" }
    }

    // MARK: Create

    private mutating func create(
        _ request: FakeRequest, account: String, isLive: Bool, isFirstUse: Bool
    ) -> Reply {
        guard let amount = request.field("amount").flatMap({ Int($0) }), (1...99_999_999).contains(amount) else {
            return .refused(400, code: "parameter_invalid_integer", "Invalid integer: amount")
        }
        guard let currency = request.field("currency"), currency.utf8.count == 3,
            currency.utf8.allSatisfy({ (0x61...0x7A).contains($0) })
        else { return .refused(400, "Invalid currency: write three lower-case letters.") }
        let capture = request.field("capture_method") ?? "automatic_async"
        guard ["automatic", "automatic_async", "manual"].contains(capture) else {
            return .refused(400, "Invalid capture_method: \(capture)")
        }
        let isConfirmed = request.field("confirm") == "true"
        guard isConfirmed || request.field("off_session") == nil else {
            return .refused(400, "off_session can only be used with confirm=true")
        }
        var intent = Intent(
            id: "pi_fake\(intents.count + 1)", account: account, isLive: isLive, amount: amount, currency: currency,
            isManual: capture == "manual", method: request.field("payment_method"),
            metadata: request.members(of: "metadata"), description: request.field("description"), created: time(nil))
        guard isConfirmed, let method = intent.method else {
            intent.status = intent.method == nil ? .needsMethod : .needsConfirmation
            intents.append(intent)
            return Reply(200, intent.value())
        }
        return confirm(intent, with: method, isFirstUse: isFirstUse, expandsCharge: Payments.expands(request.fields))
    }

    private mutating func confirm(
        _ intent: Intent, with method: String, isFirstUse: Bool, expandsCharge: Bool
    ) -> Reply {
        var intent = intent
        switch method {
        case "pm_429": return .tooManyRequests
        case "pm_429_once" where isFirstUse: return .tooManyRequests
        case "pm_500": return .internalError
        case "pm_500_card_declined":
            return .api(500, type: "api_error", code: "card_declined", "An unknown error occurred.")
        case "pm_close_before":
            var reply = Reply(500, text: "").delivered(.close)
            reply.isKept = false
            return reply
        case "pm_processing", "pm_requires_action":
            intent.status = method == "pm_processing" ? .processing : .needsAction
            intents.append(intent)
            return Reply(200, intent.value())
        case "pm_authentication_required":
            return decline(intent, code: "authentication_required", declineCode: "authentication_required")
        case _ where method.hasPrefix("pm_decline"):
            let code = method.dropFirst("pm_decline".count).drop { $0 == "_" }
            return decline(
                intent, code: "card_declined", declineCode: code.isEmpty ? "generic_decline" : String(code))
        default: break
        }
        intent.charge(number: intents.count + 1)
        intents.append(intent)
        let reply = Reply(200, intent.value(expandsCharge: expandsCharge))
        switch method {
        case "pm_close_after": return reply.delivered(.close)
        case "pm_silent": return reply.delivered(.silence)
        case "pm_500_after": return .internalError
        case _ where method.hasPrefix("pm_slow_"):
            return reply.delayed(milliseconds: min(60_000, Int(method.dropFirst(8)) ?? 0))
        default: return reply
        }
    }

    private mutating func decline(_ refused: Intent, code: String, declineCode: String) -> Reply {
        var intent = refused
        let message =
            declineCode == "insufficient_funds"
            ? "Your card has insufficient funds." : "Your card was declined."
        var error: [(String, Value)] = [
            ("type", .string("card_error")), ("code", .string(code)), ("decline_code", .string(declineCode)),
            ("message", .string(message)), ("charge", .string("ch_fake\(intents.count + 1)")),
        ]
        intent.lastError = .object(error)
        intents.append(intent)
        error.append(("payment_intent", intent.brief))
        return Reply(402, .object([("error", .object(error))]))
    }

    // MARK: Capture, cancel, refund

    private mutating func change(_ id: String, _ account: String, _ body: (inout Intent) -> Reply) -> Reply {
        guard let index = intents.firstIndex(where: { $0.id == id && $0.account == account }) else {
            return .refused(404, code: "resource_missing", "No such payment_intent: '\(id)'")
        }
        return body(&intents[index])
    }

    private static func capture(_ intent: inout Intent, _ request: FakeRequest) -> Reply {
        guard intent.status == .needsCapture else { return unexpected(intent, "captured", "requires_capture") }
        let amount: Int
        if let text = request.field("amount_to_capture") {
            guard let number = Int(text), (1...intent.amount).contains(number) else {
                return .refused(400, code: "amount_too_large", "Invalid amount_to_capture")
            }
            amount = number
        } else {
            amount = intent.amount
        }
        intent.status = .succeeded
        intent.received = amount
        return Reply(200, intent.value())
    }

    private static func cancel(_ intent: inout Intent, _ request: FakeRequest) -> Reply {
        switch intent.status {
        case .needsMethod, .needsCapture, .needsConfirmation, .needsAction, .processing: break
        case .succeeded, .canceled:
            return unexpected(
                intent, "canceled",
                "requires_payment_method, requires_capture, requires_confirmation, requires_action, processing")
        }
        let reason = request.field("cancellation_reason")
        guard ["duplicate", "fraudulent", "requested_by_customer", "abandoned", nil].contains(reason) else {
            return .refused(400, "Invalid cancellation_reason")
        }
        intent.status = .canceled
        intent.cancellationReason = reason
        return Reply(200, intent.value())
    }

    private static func unexpected(_ intent: Intent, _ verb: String, _ allowed: String) -> Reply {
        .api(
            400, type: "invalid_request_error", code: "payment_intent_unexpected_state",
            "This PaymentIntent could not be \(verb) because it has a status of \(intent.status.rawValue). Only a "
                + "PaymentIntent with one of the following statuses may be \(verb): \(allowed).")
    }

    private mutating func refund(_ request: FakeRequest, account: String) -> Reply {
        guard let id = request.field("payment_intent"),
            let index = intents.firstIndex(where: { $0.id == id && $0.account == account })
        else { return .refused(404, code: "resource_missing", "No such payment_intent") }
        let intent = intents[index]
        guard intent.received > 0 else {
            return .refused(400, "This PaymentIntent does not have a successful charge to refund.")
        }
        guard intent.refundable > 0 else {
            return .api(
                400, type: "invalid_request_error", code: "charge_already_refunded",
                "Charge \(intent.charge ?? "") has already been refunded.")
        }
        let amount = request.field("amount").map { Int($0) ?? 0 } ?? intent.refundable
        guard amount > 0, amount <= intent.refundable else {
            return .refused(400, "Refund amount (\(amount)) is greater than unrefunded amount (\(intent.refundable)).")
        }
        let status =
            switch intent.method {
            case "pm_refund_pending": "pending"
            case "pm_refund_failed": "failed"
            case .none, .some: "succeeded"
            }
        if status != "failed" { intents[index].refunded += amount }
        let refund = Refund(
            id: "re_fake\(refunds.count + 1)", intent: id, account: account, charge: intent.charge, amount: amount,
            currency: intent.currency, metadata: request.members(of: "metadata"), created: time(nil), status: status)
        refunds.append(refund)
        return Reply(200, refund.value)
    }

    // MARK: For tests

    /// What happens to an intent without a request of the platform's: `intent`, `status`.
    mutating func settle(_ request: FakeRequest) -> Reply {
        guard let id = request.field("intent"), let index = intents.firstIndex(where: { $0.id == id }),
            let status = request.field("status").flatMap({ Intent.Status(rawValue: $0) })
        else { return .refused(400, "intent=ID&status=STATUS, an intent there is and a status of Stripe's") }
        intents[index].status = status
        switch status {
        case .succeeded: intents[index].received = intents[index].amount
        case .canceled: intents[index].cancellationReason = "automatic"
        case .needsMethod, .needsConfirmation, .needsAction, .processing, .needsCapture: break
        }
        if intents[index].charge == nil { intents[index].charge = "ch_fake\(index + 1)" }
        return Reply(200, intents[index].value())
    }

    /// The object an event is about, when the request names one.
    func object(named request: FakeRequest) -> Value? {
        if let intent = intents.first(where: { $0.id == request.field("intent") }) { return intent.value() }
        return refunds.first { $0.id == request.field("refund") }?.value
    }
}
