import Payments

/// Explains a merchant's payment from its stored versions: what was done with its money, who said so, and how often it
/// may have been asked for.
struct PaymentExplanation {
    let payment: Payment
    /// The journal positions of the stored versions, oldest first.
    let positions: [SequenceNumber]
    /// Milliseconds since the Unix epoch.
    let now: Int64

    var explanation: Explanation {
        var result = Explanation()
        let first = payment.operations.first
        result.facts = [
            ("payment", Printable.text(payment.paymentID.text)), ("merchant", Printable.text(payment.merchant.text)),
            ("mode", payment.mode.rawValue),
            ("decision", decision + (first.map { ", \(Moment.exactText($0.settled ?? $0.started))" } ?? "")),
        ]
        result.add("key", .passed, "a secret key of \(payment.merchant); the payment belongs to it, as does the alias")
        result.add(
            "alias", .passed,
            "\(Printable.text(payment.alias.text)), \(payment.method.rawValue), made for \(payment.mode.rawValue) mode")
        result.add("provider", .passed, provider)
        result.add("validation", .passed, "\(text(payment.amount)), greater than 0; all texts within their length")
        for (number, operation) in payment.operations.enumerated() { add(operation, number, to: &result) }
        if let expires = payment.expires {
            let side = expires > now ? "in \(Elapsed.text(expires - now))" : "\(Elapsed.text(now - expires)) ago"
            result.add("hold", expires > now ? .passed : .warned, "lapses \(Moment.exactText(expires)), \(side)")
        }
        addIdempotency(to: &result)
        return result
    }

    private var decision: String {
        payment.operations.map { "\($0.action.rawValue) \($0.status.rawValue)" }.joined(separator: ", ")
    }

    private var provider: String {
        let account = payment.account.map { " with account \(Printable.text($0.text))" } ?? ""
        let id = payment.providerID.map { ", known there as \(Printable.text($0.text))" } ?? ""
        return "\(payment.provider.rawValue)\(account)\(id)"
    }

    private func add(_ operation: PaymentOperation, _ number: Int, to result: inout Explanation) {
        var parts = [text(operation.amount), "begun \(Moment.exactText(operation.started))"]
        if let settled = operation.settled {
            let source =
                switch operation.source {
                case .answer: "the provider's answer"
                case .lookUp: "asking the provider again"
                case .notification: "the provider's notification"
                case .operator: "an operator"
                }
            parts.append("settled \(Elapsed.text(settled - operation.started)) later by \(source)")
        }
        if let message = operation.message { parts.append("the provider said: \(Printable.text(message))") }
        let verdict: Explanation.Verdict
        switch operation.state {
        case .succeeded: verdict = .passed
        case .failed, .refused: verdict = .refused
        case .pending: verdict = .warned
        case .calling, .unknown:
            verdict = .unknown
            parts.append("the provider may have carried it out; it is asked again by reference, never to pay again")
        }
        result.add("\(number + 1) \(operation.action.rawValue)", verdict, parts.joined(separator: ", "))
    }

    private func addIdempotency(to result: inout Explanation) {
        let keyed = payment.operations.filter { $0.record != nil }.count
        let places = positions.map(String.init).joined(separator: ", ")
        result.add(
            "idempotency", .passed,
            "\(keyed) of \(payment.operations.count) operations carry the merchant's Idempotent-Key, the others are "
                + "idempotent by state; recorded at the journal positions \(places). A repetition gets the recorded "
                + "result; how often there was one is not stored, the access log has each")
    }

    private func text(_ money: Money) -> String {
        "\(money.minorUnits) \(Printable.text(money.currency))"
    }
}
