import JSON
import Payments

/// A PaymentIntent, as far as we need to know it (contracts: Stripe authorization, section 4.2).
struct StripeIntent {
    enum Status: String {
        case needsMethod = "requires_payment_method"
        case needsConfirmation = "requires_confirmation"
        case needsAction = "requires_action"
        case processing
        case needsCapture = "requires_capture"
        case succeeded
        case canceled
    }

    let id: ProviderTransactionID
    let status: Status
    let amountReceived: Int64
    /// What became of the last attempt, in Stripe's words; nil when none failed.
    let lastFault: StripeCardFault?
    /// When a hold lapses, milliseconds since the Unix epoch, where the charge came with the intent.
    let expires: Int64?
    /// `metadata[reference]`.
    let reference: String?

    /// - Returns: nil when this is no PaymentIntent, or one of a status nobody knows.
    init?(_ json: JSONValue) {
        guard json["object"]?.equals("payment_intent") != false, let id = json["id"]?.string,
            Name.isValid(id, prefix: "pi_"), let status = json["status"]?.string.flatMap({ Status(rawValue: $0) })
        else { return nil }
        self.id = ProviderTransactionID(id)
        self.status = status
        amountReceived = json["amount_received"]?.integer ?? 0
        lastFault = json["last_payment_error"].flatMap { StripeCardFault($0) }
        let card = json["latest_charge"]?["payment_method_details"]?["card"]
        // Seconds; what would not fit, nobody means.
        expires = card?["capture_before"]?.integer.flatMap { (0...99_999_999_999).contains($0) ? $0 * 1000 : nil }
        reference = json["metadata"]?["reference"]?.string
    }
}

/// A refund, as far as we need to know it.
struct StripeRefund {
    enum Status: String {
        case pending
        case needsAction = "requires_action"
        case succeeded, failed, canceled
    }

    let id: ProviderTransactionID
    let status: Status
    /// One word of Stripe's, such as `insufficient_funds`.
    let failureReason: String?
    let reference: String?

    /// - Returns: nil when this is no refund, or one of a status nobody knows.
    init?(_ json: JSONValue) {
        guard json["object"]?.equals("refund") != false, let id = json["id"]?.string,
            Name.isValid(id, prefix: "re_") || Name.isValid(id, prefix: "pyr_"),
            let status = json["status"]?.string.flatMap({ Status(rawValue: $0) })
        else { return nil }
        self.id = ProviderTransactionID(id)
        self.status = status
        failureReason = json["failure_reason"]?.string
        reference = json["metadata"]?["reference"]?.string
    }
}

/// Why a card was refused.
struct StripeCardFault {
    let code: String?
    let declineCode: String?
    let message: String?

    init?(_ json: JSONValue) {
        guard json.kind == .object else { return nil }
        code = json["code"]?.string
        declineCode = json["decline_code"]?.string
        message = json["message"]?.string
    }

    init(_ fault: StripeFault.APIFault) {
        code = fault.code
        declineCode = fault.declineCode
        message = fault.message
    }

    static let generic = "Your card was declined."

    /// What the buyer may read. That a card counts as stolen, or its holder as a fraud, is not told (section 4.4).
    func sentence(_ text: StripeText) -> String {
        switch declineCode {
        case "fraudulent", "lost_card", "stolen_card", "pickup_card", "merchant_blacklist":
            return StripeCardFault.generic
        case .none, .some: break
        }
        guard let message, !message.isEmpty else { return StripeCardFault.generic }
        return text.shown(message)
    }
}
