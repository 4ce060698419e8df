import Payments

/// Why a transaction was decided as it was: each rule, what it looked at, and its verdict.
struct Explanation {
    /// What identifies the transaction and says what became of it, a name and a value each.
    var facts: [(name: String, value: String)] = []
    var steps: [Step] = []
    /// What the decision gave to the player; nil for a payment, which gives nobody goods.
    var granted: [Grant]?
    /// What the player owns at this moment, from this purchase and all others; nil when they own nothing.
    var holdings: Holdings?

    struct Step: Equatable {
        let rule: String
        let verdict: Verdict
        /// What the rule looked at, and why that is the verdict.
        let input: String
    }

    enum Verdict: String, CaseIterable {
        case passed
        /// It was let through, and somebody may want to look.
        case warned
        case refused
        /// The rule says nothing about a call of this kind.
        case notApplicable = "not_applicable"
        /// What the rule saw was not recorded.
        case unknown

        /// As a person reads it in a column.
        var word: String {
            switch self {
            case .passed: "ok"
            case .warned: "look"
            case .refused: "refused"
            case .notApplicable: "-"
            case .unknown: "unknown"
            }
        }
    }

    mutating func add(_ rule: String, _ verdict: Verdict, _ input: String) {
        steps.append(Step(rule: rule, verdict: verdict, input: input))
    }
}
