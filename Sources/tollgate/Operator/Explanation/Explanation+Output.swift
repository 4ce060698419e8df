import JSON
import Payments

extension Explanation {
    /// For people: the facts, a line for each rule, what was granted and what the player holds.
    var text: String {
        var lines = facts.map { "\(($0.name + ":").padded(to: 13))\($0.value)" }
        lines.append("")
        let width = steps.map(\.rule.count).max() ?? 0
        for step in steps {
            lines.append("  \(step.verdict.word.padded(to: 9))\(step.rule.padded(to: width + 2))\(step.input)")
        }
        guard let granted else { return lines.joined(separator: "\n") }
        lines.append("")
        lines.append("\("granted:".padded(to: 13))\(Explanation.list(granted))")
        let owned = holdings.map { "\(Explanation.list($0.items)), from \($0.purchases) purchases" } ?? "nothing"
        lines.append("\("holds now:".padded(to: 13))\(owned)")
        return lines.joined(separator: "\n")
    }

    var json: [UInt8] {
        var writer = JSONWriter(reserving: 2048)
        writer.beginObject()
        for fact in facts {
            writer.name(fact.name)
            writer.string(fact.value)
        }
        writer.name("steps")
        writer.beginArray()
        for step in steps {
            writer.beginObject()
            writer.member("rule", step.rule)
            writer.member("verdict", step.verdict.rawValue)
            writer.member("input", step.input)
            writer.endObject()
        }
        writer.endArray()
        if let granted {
            Explanation.write(granted, as: "granted", to: &writer)
            Explanation.write(holdings?.items ?? [], as: "holdings", to: &writer)
        }
        writer.endObject()
        return writer.bytes
    }

    private static func list(_ grants: [Grant]) -> String {
        if grants.isEmpty { return "nothing" }
        return grants.map { "\($0.quantity) x \(Printable.text($0.item.text))" }.joined(separator: ", ")
    }

    /// A list, for two lines of one purchase may grant the same item.
    private static func write(_ grants: [Grant], as name: StaticString, to writer: inout JSONWriter) {
        writer.name(name)
        writer.beginArray()
        for grant in grants {
            writer.beginObject()
            writer.member("item", grant.item.text)
            writer.member("quantity", grant.quantity)
            writer.endObject()
        }
        writer.endArray()
    }
}
