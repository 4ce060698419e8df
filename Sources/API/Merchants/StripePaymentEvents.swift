import JSON
package import Payments

extension StripeWebhookHandler {
    /// What Stripe says by itself about merchants' payments: holds that lapse, payments that settle late, refunds and
    /// disputes (contracts: authorization, section 9; Stripe authorization, section 4).
    package static func payments(_ payments: AuthorizationService) -> StripeWebhookHandler {
        StripeWebhookHandler(
            types: ["payment_intent.*", "charge.refunded", "charge.dispute.*", "refund.*", "charge.refund.updated"]
        ) { event, root throws(PaymentError) in
            guard let notification = ProviderNotification(event, root["data"]?["object"]) else {
                return Committed(result: .ignored, sequence: 0)
            }
            let committed = try payments.apply(notification)
            let result: StripeWebhookResult =
                switch committed.result {
                case .applied: .noted
                case .repeated: .repeated
                case .unknownPayment: .ignored
                }
            return Committed(result: result, sequence: committed.sequence)
        }
    }
}

extension ProviderNotification {
    /// Stripe's ids have some 30 bytes.
    private static let maximumIDBytes = 255

    /// nil for an event that changes nothing here, or lacks what it must have.
    init?(_ event: StripeWebhookEvent, _ object: JSONValue?) {
        guard let object, (1...ProviderNotification.maximumIDBytes).contains(event.id.utf8.count),
            let (payment, news) = ProviderNotification.read(event.type, object)
        else { return nil }
        self.init(
            event: event.id, provider: .stripe, mode: event.isLive ? .live : .test, account: event.account,
            payment: object["metadata"]?["transaction"]?.id(), providerID: payment, news: news)
    }

    /// The PaymentIntent's id, and what is said of it.
    private static func read(_ type: String, _ object: JSONValue) -> (ProviderTransactionID, News)? {
        if type.hasPrefix("payment_intent.") {
            guard let id: ProviderTransactionID = object["id"]?.id(), let news = intent(type, object) else {
                return nil
            }
            return (id, news)
        }
        guard let intent: ProviderTransactionID = object["payment_intent"]?.id() else { return nil }
        if type.hasPrefix("charge.dispute.") { return dispute(type, object).map { (intent, $0) } }
        if type.hasSameBytes(as: "charge.refunded") {
            return object["amount_refunded"]?.integer.map { (intent, .refunded(total: $0)) }
        }
        return refund(object).map { (intent, $0) }
    }

    private static func intent(_ type: String, _ object: JSONValue) -> News? {
        switch type.dropFirst("payment_intent.".count) {
        case "amount_capturable_updated": return .held(expires: nil)
        case "succeeded": return .paid(money(object, "amount_received"))
        case "payment_failed":
            return .failed(object["last_payment_error"]?["message"]?.string ?? "The payment failed.")
        case "canceled": return .cancelled
        case _: return nil  // `created`, `processing`, `requires_action`: nothing has an end by them.
        }
    }

    private static func dispute(_ type: String, _ object: JSONValue) -> News? {
        guard let id: ProviderTransactionID = object["id"]?.id(), let money = money(object, "amount") else {
            return nil
        }
        if type.hasSameBytes(as: "charge.dispute.created") { return .disputed(id, money) }
        guard type.hasSameBytes(as: "charge.dispute.closed"), object["status"]?.equals("won") == true else {
            return nil
        }
        return .disputeWon(id, money)
    }

    private static func refund(_ object: JSONValue) -> News? {
        guard object["object"]?.equals("refund") == true, let id: ProviderTransactionID = object["id"]?.id() else {
            return nil
        }
        let refund = Refund(id: id, reference: object["metadata"]?["reference"]?.string)
        switch object["status"]?.string {
        case "succeeded"?: return .refund(refund, .approved(ProviderApproval(id: id)))
        case "pending"?, "requires_action"?: return .refund(refund, .pending(id))
        case "failed"?, "canceled"?:
            let reason = object["failure_reason"]?.string ?? "The refund failed."
            return .refund(refund, .declined(reason, id: id))
        case _: return nil
        }
    }

    /// Stripe writes currencies in lower case; merchants mostly do not.
    private static func money(_ object: JSONValue, _ amount: StaticString) -> Money? {
        guard let minorUnits = object[amount]?.integer, let currency = object["currency"]?.string else { return nil }
        return Money(minorUnits: minorUnits, currency: currency.uppercased())
    }
}

extension JSONValue {
    /// An id somebody else made; nil for what cannot be one. An object that was expanded stands for its id.
    fileprivate func id<Owner>() -> ID<Owner>? {
        guard let text = string ?? self["id"]?.string, IDText.problem(with: text) == nil else { return nil }
        return ID(text)
    }
}
