import Payments

/// A purchase as people read it.
enum PurchaseText {
    /// One line: when, state, transaction, player, amount.
    static func line(_ purchase: Purchase, now: Int64) -> String {
        let key = purchase.purchaseKey
        let fields = [
            time(latest(purchase.history)), PurchaseStatus(purchase, now: now).rawValue,
            Printable.text(key.transaction.text), Printable.text(purchase.player.text), amount(purchase),
            key.environment.rawValue,
        ]
        return fields.joined(separator: "  ")
    }

    /// Everything known, a line each.
    static func page(_ purchase: Purchase, now: Int64) -> String {
        var lines: [(String, String)] = [
            ("transaction", Printable.text(purchase.purchaseKey.transaction.text)),
            ("player", Printable.text(purchase.player.text)),
            ("shop", "\(purchase.purchaseKey.shop) (\(purchase.purchaseKey.environment.rawValue))"),
            ("state", PurchaseStatus(purchase, now: now).rawValue),
        ]
        for item in purchase.order.items {
            let price = item.cents == 0 ? "" : ", \(item.cents) \(purchase.order.currency) each"
            lines.append(("item", "\(item.quantity) x \(Printable.text(item.granted.text))\(price)"))
        }
        for grant in purchase.order.bonus {
            lines.append(("bonus", "\(grant.quantity) x \(Printable.text(grant.item.text))"))
        }
        if let total = purchase.order.total {
            lines.append(("total", "\(total) \(purchase.order.currency), of it tax \(purchase.order.tax)"))
        }
        let history = purchase.history
        let moments = [
            ("registered", history.registered), ("expires", history.expires), ("confirmed", history.confirmed),
            ("cancelled", history.cancelled),
        ]
        for (name, moment) in moments {
            if let moment { lines.append((name, time(moment))) }
        }
        lines.append(("key", "\(Printable.text(purchase.details.keyName)) (\(purchase.details.scheme))"))
        return lines.map { "\(($0.0 + ":").padded(to: 13))\($0.1)" }.joined(separator: "\n")
    }

    private static func latest(_ history: Purchase.History) -> Int64 {
        history.confirmed ?? history.cancelled ?? history.registered ?? 0
    }

    /// Minor units and currency, as stated; how many decimals a currency has is the reader's knowledge.
    private static func amount(_ purchase: Purchase) -> String {
        purchase.order.total.map { "\($0) \(purchase.order.currency)" } ?? "-"
    }

    private static func time(_ milliseconds: Int64) -> String {
        Moment.text(milliseconds)
    }
}

/// Ids come from outside: what would steer a terminal, or reorder its text, is written as an escape.
enum Printable {
    static func text(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: result += scalar.escaped(asASCII: true)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension String {
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
