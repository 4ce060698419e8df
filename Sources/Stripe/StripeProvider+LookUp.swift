import JSON
package import Payments

/// Finds out what became of an operation, without moving money.
///
/// New objects are looked for in Stripe's lists, by time and our reference in their metadata. Stripe's search would be
/// shorter, but it lags behind by a minute and more, and "not there" would not mean anything.
extension StripeProvider {
    /// How long after its beginning an operation that Stripe does not list counts as never made. A request that left
    /// this machine may be at work at Stripe after we gave up waiting for it.
    static let absentAfterMilliseconds: Int64 = 300_000
    /// How far Stripe's clock and ours may be apart, and how late a request may arrive, for the search by time.
    private static let earlierSeconds: Int64 = 300
    private static let laterSeconds: Int64 = 900
    /// As many as Stripe allows.
    private static let pageCount = 100
    private static let maximumPages = 20

    package func lookUp(_ operation: ProviderOperation) -> ProviderFinding {
        guard case .reachable(let account, let original) = target(of: operation) else { return .unknown }
        switch operation.action {
        case .authorize, .preauthorize: return lookUpNew(operation, account)
        case .capture, .reverse: return lookUpChange(operation, account, original)
        case .refund: return lookUpRefund(operation, account, original)
        }
    }

    /// - Returns: nil when Stripe does not say.
    func retrieve(_ id: ProviderTransactionID, _ account: StripeAccountID) -> StripeIntent? {
        let reply = caller.get(
            "/v1/payment_intents/\(id)?expand[0]=latest_charge", "retrieve payment", account: account)
        guard let intent = reply.accepted.flatMap(StripeIntent.init), intent.id == id else { return nil }
        return intent
    }

    // MARK: A sale or a hold

    private func lookUpNew(_ operation: ProviderOperation, _ account: StripeAccountID) -> ProviderFinding {
        let intent: StripeIntent
        if let result = operation.result {
            guard Name.isValid(result.text, prefix: "pi_"), let found = retrieve(result, account) else {
                return .unknown
            }
            intent = found
        } else {
            switch find(StripeIntent.init, "/v1/payment_intents?\(window(operation))", operation, account) {
            case .found(let found): intent = found
            case .nowhere: return absence(operation)
            case .unclear: return .unknown
            }
        }
        return outcome(ofNew: intent, operation, account).finding
    }

    // MARK: A capture or a reversal

    private func lookUpChange(
        _ operation: ProviderOperation, _ account: StripeAccountID, _ original: ProviderTransactionID?
    ) -> ProviderFinding {
        guard let original, let intent = retrieve(original, account) else { return .unknown }
        let isCapture = operation.action == .capture
        switch intent.status {
        case .succeeded:
            return isCapture
                ? .approved(ProviderApproval(id: intent.id))
                : .declined("The payment was captured already.", id: intent.id)
        case .canceled:
            return isCapture
                ? .lapsed
                : .approved(ProviderApproval(id: intent.id))
        case .processing: return .pending(intent.id)
        case .needsCapture: return absence(operation)
        case .needsMethod, .needsConfirmation, .needsAction: return .unknown
        }
    }

    // MARK: A refund

    private func lookUpRefund(
        _ operation: ProviderOperation, _ account: StripeAccountID, _ original: ProviderTransactionID?
    ) -> ProviderFinding {
        if let result = operation.result {
            guard Name.isValid(result.text, prefix: "") else { return .unknown }
            let reply = caller.get("/v1/refunds/\(result)", "retrieve refund", account: account)
            guard let refund = reply.accepted.flatMap(StripeRefund.init), refund.id == result else { return .unknown }
            return outcome(of: refund).finding
        }
        guard let original else { return .unknown }
        let path = "/v1/refunds?payment_intent=\(original)&limit=\(StripeProvider.pageCount)"
        switch find(StripeRefund.init, path, operation, account) {
        case .found(let refund): return outcome(of: refund).finding
        case .nowhere: return absence(operation)
        case .unclear: return .unknown
        }
    }

    // MARK: Lists

    private enum Search<Found> {
        case found(Found)
        /// The list was read to its end.
        case nowhere
        case unclear
    }

    private func find<Found>(
        _ read: (JSONValue) -> Found?, _ path: String, _ operation: ProviderOperation, _ account: StripeAccountID
    ) -> Search<Found> {
        var after = ""
        for _ in 0..<StripeProvider.maximumPages {
            let reply = caller.get(path + after, "list", account: account, isList: true)
            guard let page = reply.accepted, let data = page["data"], data.kind == .array,
                let hasMore = page["has_more"]?.boolean
            else { return .unclear }
            var last: String?
            for element in data.elements {
                last = element["id"]?.string
                guard element["metadata"]?["reference"]?.equals(operation.reference) == true else { continue }
                // It is ours, whether we understand it or not.
                guard let found = read(element) else { return .unclear }
                return .found(found)
            }
            guard hasMore else { return .nowhere }
            guard let last, Name.isValid(last, prefix: "") else { return .unclear }
            after = "&starting_after=\(last)"
        }
        return .unclear
    }

    private func window(_ operation: ProviderOperation) -> String {
        let started = operation.started / 1000
        return "created[gte]=\(max(0, started - StripeProvider.earlierSeconds))"
            + "&created[lte]=\(max(0, started) + StripeProvider.laterSeconds)&limit=\(StripeProvider.pageCount)"
    }

    private func absence(_ operation: ProviderOperation) -> ProviderFinding {
        let (age, overflow) = clock.milliseconds().subtractingReportingOverflow(operation.started)
        return !overflow && age >= StripeProvider.absentAfterMilliseconds ? .absent : .unknown
    }
}

extension StripeCaller.Reply {
    /// A successful answer that names no error.
    fileprivate var accepted: JSONValue? {
        guard case .answered(let answer) = outcome, (200..<300).contains(answer.status), let root,
            case .none = StripeFault(root)
        else { return nil }
        return root
    }
}

extension ProviderOutcome {
    /// The same as what a look-up found.
    fileprivate var finding: ProviderFinding {
        switch self {
        case .approved(let approval): .approved(approval)
        case .declined(let sentence, let id): .declined(sentence, id: id)
        case .pending(let id): .pending(id)
        case .lapsed: .lapsed
        case .failed, .connectionLost, .unknown: .unknown
        }
    }
}
