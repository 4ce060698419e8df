import JSON
import Payments

/// `GET /operator/stripe/unknown`: what needs somebody to look at Stripe's dashboard.
struct StripeUnknownResponse: ResponseBody {
    let exchanges: [StripeCode]
    let deauthorizations: [Pending]
    /// Records that cannot be read; only written where there are some.
    let unreadable: [DocumentKey]

    struct Pending {
        let account: StripeAccount
        /// `acct_…`, which the dashboard knows it by; nil when it cannot be opened. It is an id, and no secret; the
        /// operator's socket is root's.
        let id: StripeAccountID?
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.name("exchanges")
        writer.beginArray()
        for code in exchanges { write(code, to: &writer) }
        writer.endArray()
        writer.name("deauthorizations")
        writer.beginArray()
        for pending in deauthorizations { write(pending, to: &writer) }
        writer.endArray()
        if !unreadable.isEmpty {
            writer.name("unreadable")
            writer.beginArray()
            for key in unreadable { writer.string("\(key.kind.name)/\(key.id.text)") }
            writer.endArray()
        }
        writer.endObject()
    }

    private func write(_ code: StripeCode, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("exchange", code.digest)
        writer.member("event", code.event.number)
        writer.member("user", code.user.number)
        writer.member("started", code.started)
        writer.endObject()
    }

    private func write(_ pending: Pending, to writer: inout JSONWriter) {
        guard let waiting = pending.account.deauthorization else { return }
        writer.beginObject()
        writer.member("authorization", waiting.authorization.number)
        writer.member("event", waiting.event.number)
        writer.member("live", pending.account.isLive)
        if let id = pending.id { writer.member("account", id.text) }
        writer.member("since", waiting.since)
        writer.member("failures", waiting.failures)
        writer.endObject()
    }
}

extension StripeOperations {
    @Sendable func unknown() throws(PaymentError) -> StripeUnknownResponse {
        let connections = try connections()
        let pending = try connections.pendingDeauthorizations().map { account in
            // What cannot be opened is shown without its id: the rest of it is needed all the more.
            StripeUnknownResponse.Pending(account: account, id: try? connections.accountID(account))
        }
        return StripeUnknownResponse(
            exchanges: try connections.unknownExchanges(), deauthorizations: pending,
            unreadable: try connections.unreadable())
    }
}
