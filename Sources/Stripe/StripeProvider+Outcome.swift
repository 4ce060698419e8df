import JSON
import Payments

/// What Stripe's answers mean (contracts: Stripe authorization 4.3 and 4.4, authorization 9.3).
///
/// `failed` and `connectionLost` promise that nothing happened; whatever leaves a doubt is `unknown`.
extension StripeProvider {
    /// - Parameter accepted: reads a successful answer; nil when it is not what was asked for.
    func outcome(
        of reply: StripeCaller.Reply, accepted: (JSONValue) -> ProviderOutcome?
    ) -> ProviderOutcome {
        switch reply.outcome {
        case .neverSent: return reply.mayHaveArrivedBefore ? .unknown : .failed("Stripe could not be reached.")
        case .maybeSent: return .unknown
        case .answered(let answer):
            guard let root = reply.root else { return .unknown }
            switch StripeFault(root) {
            case .none: return (200..<300).contains(answer.status) ? accepted(root) ?? .unknown : .unknown
            case .oauth: return .unknown  // No shape of the API's; a gateway's, perhaps.
            case .api(let fault): return outcome(of: fault, status: answer.status, reply)
            }
        }
    }

    private func outcome(
        of fault: StripeFault.APIFault, status: Int, _ reply: StripeCaller.Reply
    ) -> ProviderOutcome {
        // By type first: secondary sources disagree on some statuses. With 402 a declined card is one whatever the type.
        if fault.type == "card_error" || (fault.code == "card_declined" && status == 402) {
            return .declined(StripeCardFault(fault).sentence(text), id: fault.intent.flatMap(StripeIntent.init)?.id)
        }
        switch fault.type {
        // Our mistake: an earlier request with this key was another one, and may have been carried out.
        case "idempotency_error", "api_error": return .unknown
        case .none, .some: break
        }
        switch status {
        case 401 where !reply.mayHaveArrivedBefore: return .failed("Stripe does not accept the platform's key.")
        case 403 where !reply.mayHaveArrivedBefore:
            guard fault.code != "account_invalid" else { return .connectionLost }
            return .failed("Stripe does not permit this with the platform's key.")
        case 400, 402, 404:
            return fault.code == "idempotency_key_in_use"
                ? .unknown : .failed(text.shown(fault.message ?? fault.code ?? "Stripe refused the request."))
        default: return .unknown  // 409 and 429: another attempt may be under way; 5xx: nobody knows
        }
    }

    // MARK: A new payment

    func outcome(
        ofNew intent: StripeIntent, _ operation: ProviderOperation, _ account: StripeAccountID
    ) -> ProviderOutcome {
        switch intent.status {
        case .needsCapture:
            // A sale that waits to be captured is none yet.
            guard operation.action == .preauthorize else { return .pending(intent.id) }
            return .approved(ProviderApproval(id: intent.id, expires: intent.expires))
        case .succeeded: return .approved(ProviderApproval(id: intent.id))
        case .processing: return .pending(intent.id)
        case .needsMethod: return .declined(sentence(intent), id: intent.id)
        case .canceled: return .declined("The payment was canceled, or its hold has lapsed.", id: intent.id)
        case .needsAction, .needsConfirmation: return giveUp(intent, operation, account)
        }
    }

    /// A payment that waits for its buyer, whom nobody asks. Before it is called failed it is ended, so that it cannot
    /// succeed behind our back.
    private func giveUp(
        _ intent: StripeIntent, _ operation: ProviderOperation, _ account: StripeAccountID
    ) -> ProviderOutcome {
        let reply = caller.post(
            "/v1/payment_intents/\(intent.id)/cancel", Form(), "give up", account: account,
            key: "\(operation.idempotencyKey)-cancel")
        guard let root = reply.root, let present = StripeIntent(root), present.status == .canceled,
            present.id == intent.id
        else { return .pending(intent.id) }
        return .declined("The card needs its holder's confirmation, which is not possible here.", id: intent.id)
    }

    func sentence(_ intent: StripeIntent) -> String {
        intent.lastFault?.sentence(text) ?? StripeCardFault.generic
    }

    // MARK: Capture and reverse

    func change(
        _ reply: StripeCaller.Reply, _ operation: ProviderOperation, _ account: StripeAccountID,
        _ id: ProviderTransactionID
    ) -> ProviderOutcome {
        if let root = reply.root, case .api(let fault) = StripeFault(root), fault.isAboutState {
            // It is not what we took it for. What is it?
            return outcome(ofChanged: retrieve(id, account), operation) ?? .unknown
        }
        return outcome(of: reply) { json in
            outcome(ofChanged: StripeIntent(json), operation)
        }
    }

    private func outcome(ofChanged intent: StripeIntent?, _ operation: ProviderOperation) -> ProviderOutcome? {
        guard let intent, intent.id == operation.original else { return nil }
        let isCapture = operation.action == .capture
        switch intent.status {
        case .succeeded:
            guard isCapture else { return .declined("The payment was captured already.", id: intent.id) }
            return .approved(ProviderApproval(id: intent.id))
        case .canceled:
            guard !isCapture else { return .lapsed }
            return .approved(ProviderApproval(id: intent.id))
        case .processing: return .pending(intent.id)
        case .needsCapture, .needsMethod, .needsConfirmation, .needsAction: return nil
        }
    }

    // MARK: Refund

    func outcome(of refund: StripeRefund) -> ProviderOutcome {
        switch refund.status {
        case .succeeded: return .approved(ProviderApproval(id: refund.id))
        case .pending, .needsAction: return .pending(refund.id)
        case .failed, .canceled:
            let reason = refund.failureReason.map { text.shown(": \($0)") } ?? ""
            return .declined("The refund failed\(reason).", id: refund.id)
        }
    }
}

extension StripeFault.APIFault {
    /// Whether the payment has gone another way than the request supposes (section 4.6).
    fileprivate var isAboutState: Bool {
        switch code {
        case "payment_intent_unexpected_state", "charge_expired_for_capture", "charge_already_captured",
            "capture_charge_authorization_expired":
            true
        case .none, .some: false
        }
    }
}
