import API
import Payments

/// Explains a purchase from its stored versions.
///
/// Refused requests leave no record, so each rule that is listed let the purchase through; what it saw is what counts.
struct PurchaseExplanation {
    let purchase: Purchase
    /// The stored versions with their journal positions, oldest first; the last is `purchase`.
    let versions: [(sequence: SequenceNumber, document: Purchase)]
    let holdings: Holdings?
    /// The shop's present policy, which may have been another one then; nil when the configuration cannot be read.
    let policy: ShopPolicy?
    /// Milliseconds since the Unix epoch.
    let now: Int64

    var explanation: Explanation {
        var result = Explanation()
        result.facts = facts
        addCaller(to: &result)
        result.add(
            "shop", .passed,
            "the key belongs to \(purchase.purchaseKey.shop) in \(purchase.purchaseKey.environment.rawValue); "
                + "a request that names another is refused")
        result.add("validation", .passed, validated)
        addStateBefore(to: &result)
        addExpiry(to: &result)
        addTotal(to: &result)
        addIdempotency(to: &result)
        result.granted = purchase.grants
        result.holdings = holdings
        return result
    }

    private var facts: [(name: String, value: String)] {
        let key = purchase.purchaseKey
        let history = purchase.history
        let decision =
            switch purchase.state {
            case .registered: purchase.isExpired(at: now) ? "reserved, and its time is over" : "reserved"
            case .confirmed: "granted"
            case .cancelled: "cancelled"
            case .neverRegistered: "cancelled before anything was registered"
            }
        let moment = history.confirmed ?? history.cancelled ?? history.registered
        return [
            ("transaction", Printable.text(key.transaction.text)), ("player", Printable.text(purchase.player.text)),
            ("shop", "\(key.shop) (\(key.environment.rawValue))"),
            ("decision", decision + (moment.map { ", \(Moment.exactText($0))" } ?? "")),
        ]
    }

    // MARK: Who called

    private func addCaller(to result: inout Explanation) {
        if let registration = versions.first(where: { $0.document.state == .registered })?.document,
            purchase.state != .registered
        {
            result.add("signature of register", .passed, PurchaseExplanation.caller(registration.details))
            addClock(registration.details, "clock at register", to: &result)
        }
        // A cancel keeps the details of the registration: what is decided by it is not changed.
        if purchase.state == .cancelled { return }
        result.add("signature", .passed, PurchaseExplanation.caller(purchase.details))
        addClock(purchase.details, "clock", to: &result)
    }

    private static func caller(_ details: PurchaseDetails) -> String {
        let reading = details.reading.map { ", read as \(Printable.text($0))" } ?? ""
        let key = "key \"\(Printable.text(details.keyName))\"\(reading)"
        return switch details.scheme {
        case "v1": "scheme v1, \(key)"
        case "legacy": "scheme legacy (over the body alone, without time and shop), \(key)"
        case "api-key": "no signature: the API key in a header, \(key)"
        default: "scheme \(Printable.text(details.scheme)), \(key)"
        }
    }

    private func addClock(_ details: PurchaseDetails, _ rule: String, to result: inout Explanation) {
        let window = Elapsed.text(SignatureDiagnosis.windowMilliseconds)
        if let skew = details.skewMilliseconds {
            let side = skew < 0 ? "ahead of" : "behind"
            result.add(
                rule, .passed,
                "the signature's time was \(Elapsed.text(skew)) \(side) ours; up to \(window) either way is accepted")
        } else if details.scheme == "v1" {
            result.add(rule, .unknown, "within \(window) of ours; how far was not recorded by the version that decided")
        } else {
            result.add(rule, .notApplicable, "a call of this scheme has no time")
        }
    }

    // MARK: What it was about

    private var validated: String {
        let items = purchase.order.items.count
        let currency = purchase.order.currency.isEmpty ? "without prices" : "in \(purchase.order.currency)"
        guard items > 0 else { return "the two ids were there; a cancel needs no more" }
        let count = "\(items) \(items == 1 ? "item" : "items")"
        return "\(count) \(currency); every field that is required was there and in range"
    }

    private func addStateBefore(to result: inout Explanation) {
        switch purchase.state {
        case .registered:
            result.add("state before", .passed, "nothing was known of the transaction, or the same registration")
        case .cancelled:
            result.add("state before", .passed, registered(before: purchase.history.cancelled))
        case .neverRegistered:
            result.add(
                "state before", .warned,
                "nothing was known of the transaction: the cancel left a mark that refuses a register or confirm of it")
        case .confirmed where purchase.history.registered != nil:
            result.add("state before", .passed, registered(before: purchase.history.confirmed))
            result.add("same content", .passed, "player, items, prices and currency are those that were registered")
        case .confirmed:
            addUnregistered(to: &result)
        }
    }

    private func registered(before moment: Int64?) -> String {
        guard let registered = purchase.history.registered else { return "registered" }
        let lead = moment.map { ", \(Elapsed.text($0 - registered)) before" } ?? ""
        return "registered \(Moment.exactText(registered))\(lead)"
    }

    private func addUnregistered(to result: inout Explanation) {
        let rule = "state before"
        if purchase.details.scheme == "api-key" {
            return result.add(rule, .passed, "not registered; this kind of call needs no registration")
        }
        switch policy?.confirmsWithoutRegister {
        case true?: result.add(rule, .passed, "not registered; confirmWithoutRegister is true for this shop")
        case false?:
            result.add(
                rule, .warned,
                "not registered; confirmWithoutRegister is false for this shop now, and was true when this was decided")
        case nil: result.add(rule, .passed, "not registered; the shop allowed that when this was decided")
        }
    }

    private func addExpiry(to result: inout Explanation) {
        guard let expires = purchase.history.expires else {
            return result.add("expiry", .notApplicable, "nothing was reserved")
        }
        let end = "the reservation's end, \(Moment.exactText(expires))"
        let moment = purchase.history.confirmed ?? purchase.history.cancelled
        let distance = Elapsed.text(expires - (moment ?? now))
        switch (purchase.state, (moment ?? now) >= expires) {
        case (.confirmed, false): result.add("expiry", .passed, "confirmed \(distance) before \(end)")
        case (.confirmed, true):
            result.add("expiry", .warned, "confirmed \(distance) after \(end); a late confirm still succeeds")
        case (.registered, false): result.add("expiry", .passed, "\(distance) left until \(end)")
        case (.registered, true):
            result.add(
                "expiry", .warned, "\(distance) past \(end); it holds nothing, and a late confirm still succeeds")
        case (.cancelled, _), (.neverRegistered, _):
            result.add("expiry", .notApplicable, "a cancel is accepted before and after \(end)")
        }
    }

    private func addTotal(to result: inout Explanation) {
        let order = purchase.order
        guard let total = order.total else {
            let reason = purchase.state == .confirmed ? "this kind of call carries no prices" : "only a confirm has one"
            return result.add("total", .notApplicable, reason)
        }
        let parts = order.items.map { "\($0.cents) x \($0.quantity)" } + ["tax \(order.tax)"]
        let sum = order.expectedTotal.map(String.init) ?? "more than 64 bits hold"
        let numbers = "\(parts.joined(separator: " + ")) = \(sum); stated \(total) \(order.currency)"
        let check = policy.map { " (totalCheck is \($0.totalCheck.rawValue))" } ?? ""
        if order.expectedTotal == UInt64(total) { return result.add("total", .passed, numbers + check) }
        result.add("total", .warned, "\(numbers): they differ\(check)")
    }

    // MARK: How often

    private func addIdempotency(to result: inout Explanation) {
        let key = purchase.purchaseKey
        let positions = versions.map { "\($0.document.state.rawValue) at journal position \($0.sequence)" }
        let id = Printable.text(key.transaction.text)
        result.add(
            "idempotency", .passed,
            "known as \(key.environment.rawValue)/\(key.shop)/\(id); recorded \(positions.joined(separator: ", ")). A "
                + "repetition gets the same answer and grants nothing; how often there was one is not stored, the "
                + "access log has each (subject=\(id))")
    }
}
