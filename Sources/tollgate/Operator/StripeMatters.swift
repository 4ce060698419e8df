import JSON
import Payments

/// What of the connections to Stripe needs somebody to look at it.
struct StripeMatters {
    struct Exchange {
        let digest: String
        let event: Int64
        let user: Int64
        /// Milliseconds since the Unix epoch.
        let started: Int64
    }

    struct Deauthorization {
        let authorization: Int64
        let event: Int64
        let isLive: Bool
        /// `acct_…`; nil where nobody could open it.
        let account: String?
        /// Milliseconds since the Unix epoch.
        let since: Int64
        let failures: Int64
    }

    private(set) var exchanges: [Exchange]
    private(set) var deauthorizations: [Deauthorization]
    /// Records that the service cannot read, by their names in the state.
    private(set) var unreadable: [String] = []

    /// Reads the running service's answer.
    init(_ answer: JSONValue) {
        exchanges =
            answer["exchanges"]?.elements.map { element in
                Exchange(
                    digest: element["exchange"]?.string ?? "", event: element["event"]?.integer ?? 0,
                    user: element["user"]?.integer ?? 0, started: element["started"]?.integer ?? 0)
            } ?? []
        deauthorizations =
            answer["deauthorizations"]?.elements.map { element in
                Deauthorization(
                    authorization: element["authorization"]?.integer ?? 0, event: element["event"]?.integer ?? 0,
                    isLive: element["live"]?.boolean ?? false, account: element["account"]?.string,
                    since: element["since"]?.integer ?? 0, failures: element["failures"]?.integer ?? 0)
            } ?? []
        unreadable = answer["unreadable"]?.elements.compactMap(\.string) ?? []
    }

    /// Reads a state nobody works on: what was begun there and not ended has no known end.
    init(_ reader: StateReader) throws(CommandFailure) {
        exchanges = try reader.latest(Shelf<StripeCode>.self) { $0.records }.joined().compactMap { code in
            switch code.state {
            case .started, .unknown:
                Exchange(
                    digest: code.digest, event: code.event.number, user: code.user.number, started: code.started)
            case .connected, .refused, .wrongMode, .notSent, .settled: nil
            }
        }
        deauthorizations = try reader.latest(StripeAccount.self) { account in
            account.deauthorization.map { waiting in
                Deauthorization(
                    authorization: waiting.authorization.number, event: waiting.event.number, isLive: account.isLive,
                    account: nil, since: waiting.since, failures: waiting.failures)
            }
        }
    }

    // MARK: Output

    var lines: [String] {
        guard !exchanges.isEmpty || !deauthorizations.isEmpty || !unreadable.isEmpty else {
            return ["Everything has a known end."]
        }
        var lines: [String] = []
        for exchange in exchanges { lines += StripeMatters.lines(exchange) + [""] }
        for waiting in deauthorizations { lines += StripeMatters.lines(waiting) + [""] }
        for record in unreadable {
            lines += [
                "\(Printable.text(record)) is on the list and cannot be read. A newer tollgate may have written it: use that.",
                "",
            ]
        }
        lines.removeLast()
        return lines
    }

    private static func lines(_ exchange: Exchange) -> [String] {
        [
            "It is unknown whether Stripe connected event \(exchange.event).",
            "  Begun \(Moment.text(exchange.started)) by user \(exchange.user). Nothing of the account is stored here.",
            "  1. Ask the organiser to connect again. A new code is welcome; the old one is never sent again.",
            "  2. In Stripe's dashboard, disconnect an account that was connected then and that no event uses.",
            "  3. tollgate stripe settle exchange \(Printable.text(exchange.digest))",
        ]
    }

    private static func lines(_ waiting: Deauthorization) -> [String] {
        let account = waiting.account.map(Printable.text) ?? "of authorization \(waiting.authorization)"
        let mode = StripeText.mode(waiting.isLive)
        return [
            "Stripe must still be told that event \(waiting.event) let go of the account \(account) (\(mode) mode).",
            "  Waiting since \(Moment.text(waiting.since)), \(waiting.failures) failures; repeated every hour.",
            "  1. Now: tollgate stripe retry",
            "  2. Or disconnect it in Stripe's dashboard, then: "
                + "tollgate stripe settle deauthorization \(waiting.authorization)",
        ]
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.name("exchanges")
        writer.beginArray()
        for exchange in exchanges {
            writer.beginObject()
            writer.member("exchange", exchange.digest)
            writer.member("event", exchange.event)
            writer.member("user", exchange.user)
            writer.member("started", Moment.text(exchange.started))
            writer.endObject()
        }
        writer.endArray()
        writer.name("deauthorizations")
        writer.beginArray()
        for waiting in deauthorizations { StripeMatters.write(waiting, to: &writer) }
        writer.endArray()
        if !unreadable.isEmpty {
            writer.name("unreadable")
            writer.beginArray()
            for record in unreadable { writer.string(record) }
            writer.endArray()
        }
        writer.endObject()
    }

    private static func write(_ waiting: Deauthorization, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("authorization", waiting.authorization)
        writer.member("event", waiting.event)
        writer.member("live", waiting.isLive)
        if let account = waiting.account { writer.member("account", account) }
        writer.member("since", Moment.text(waiting.since))
        writer.member("failures", waiting.failures)
        writer.endObject()
    }
}
