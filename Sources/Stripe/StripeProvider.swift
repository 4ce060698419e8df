package import Logging
package import Payments

/// Payments with Stripe on the merchants' connected accounts (contracts: Stripe authorization section 4, authorization
/// section 9): a hold is a PaymentIntent captured by hand, a sale one that is captured at once.
///
/// Cards only, and nobody is asked: who must confirm a payment in person cannot pay this way.
package struct StripeProvider: PaymentProvider {
    let caller: StripeCaller
    let text: StripeText
    let clock: Clock
    private let mode: StripeMode

    /// - Parameter clock: says how long ago an operation began that Stripe knows nothing of.
    package init(_ configuration: StripeConfiguration, clock: Clock, logger: Logger) {
        caller = StripeCaller(configuration, log: StripeLog(logger))
        text = StripeText(hiding: configuration.key)
        mode = configuration.mode
        self.clock = clock
    }

    package func authorize(_ operation: ProviderOperation) -> ProviderOutcome {
        create(operation, capture: "automatic")
    }

    package func preauthorize(_ operation: ProviderOperation) -> ProviderOutcome {
        create(operation, capture: "manual")
    }

    package func capture(_ operation: ProviderOperation) -> ProviderOutcome {
        switch target(of: operation) {
        case .refused(let sentence): return .failed(sentence)
        case .reachable(let account, let intent):
            guard let intent else { return .failed(StripeProvider.noPayment) }
            let form = Form()
            form.add("amount_to_capture", "\(operation.amount.minorUnits)")
            let reply = caller.post(
                "/v1/payment_intents/\(intent)/capture", form, "capture", account: account,
                key: operation.idempotencyKey)
            return change(reply, operation, account, intent)
        }
    }

    package func reverse(_ operation: ProviderOperation) -> ProviderOutcome {
        switch target(of: operation) {
        case .refused(let sentence): return .failed(sentence)
        case .reachable(let account, let intent):
            guard let intent else { return .failed(StripeProvider.noPayment) }
            let reply = caller.post(
                "/v1/payment_intents/\(intent)/cancel", Form(), "cancel", account: account,
                key: operation.idempotencyKey)
            return change(reply, operation, account, intent)
        }
    }

    package func refund(_ operation: ProviderOperation) -> ProviderOutcome {
        switch target(of: operation) {
        case .refused(let sentence): return .failed(sentence)
        case .reachable(let account, let intent):
            guard let intent else { return .failed(StripeProvider.noPayment) }
            let form = Form()
            form.add("payment_intent", intent.text)
            form.add("amount", "\(operation.amount.minorUnits)")
            form.addMetadata(of: operation)
            let reply = caller.post("/v1/refunds", form, "refund", account: account, key: operation.idempotencyKey)
            return outcome(of: reply) { json in
                StripeRefund(json).map { outcome(of: $0) }
            }
        }
    }

    private func create(_ operation: ProviderOperation, capture: String) -> ProviderOutcome {
        switch target(of: operation) {
        case .refused(let sentence): return .failed(sentence)
        case .reachable(let account, _):
            guard operation.method == .card else { return .failed("Stripe is used for cards only.") }
            let form = Form()
            form.add("amount", "\(operation.amount.minorUnits)")
            form.add("currency", operation.amount.currency.utf8.map(StripeProvider.lowered))
            form.add("capture_method", capture)
            form.add("confirm", "true")
            form.add("off_session", "true")
            form.add("payment_method", operation.providerAlias)
            form.add("payment_method_types[0]", "card")
            form.add("expand[0]", "latest_charge")
            form.addMetadata(of: operation)
            let reply = caller.post(
                "/v1/payment_intents", form, "create", account: account, key: operation.idempotencyKey)
            return outcome(of: reply) { json in
                StripeIntent(json).map { outcome(ofNew: $0, operation, account) }
            }
        }
    }

    // MARK: What an operation is about

    enum Target {
        /// Where it is to be done, and with which payment where it is about one.
        case reachable(StripeAccountID, intent: ProviderTransactionID?)
        /// Nothing may be sent, and why.
        case refused(String)
    }

    func target(of operation: ProviderOperation) -> Target {
        guard case .stripe(let account) = operation.credentials, Name.isValid(account.text, prefix: "acct_") else {
            return .refused("The merchant has no account with Stripe.")
        }
        guard (operation.mode == .live) == (mode == .live) else {
            return .refused("Stripe is configured for \(mode.rawValue) payments.")
        }
        guard let original = operation.original else { return .reachable(account, intent: nil) }
        guard Name.isValid(original.text, prefix: "pi_") else { return .refused(StripeProvider.noPayment) }
        return .reachable(account, intent: original)
    }

    static let noPayment = "Stripe knows no such payment."

    private static func lowered(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}

extension Form {
    /// Our ids, by which objects are found again, and the merchant's words, which its own books need. The reason is no
    /// `description`: Stripe puts that on the buyer's receipt.
    fileprivate func addMetadata(of operation: ProviderOperation) {
        add("metadata[transaction]", operation.payment.text)
        add("metadata[reference]", operation.reference)
        // An empty value would tell Stripe to remove the member.
        if !operation.purpose.reason.isEmpty { add("metadata[reason]", operation.purpose.reason) }
        if let purchase = operation.purpose.purchase, !purchase.isEmpty { add("metadata[purchase]", purchase) }
        if let customer = operation.purpose.customer, !customer.isEmpty { add("metadata[customer]", customer) }
    }
}
