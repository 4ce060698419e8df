import Synchronization

/// How many card numbers were taken out of what merchants sent, since the start.
package final class RedactionCount: Sendable {
    private let numbers = Atomic<Int>(0)

    package init() {}

    package var count: Int { numbers.load(ordering: .relaxed) }

    /// The text without card numbers; each is counted.
    package func redact(_ text: String) -> String {
        let redaction = CardNumberRedaction(text)
        if redaction.count > 0 { numbers.wrappingAdd(redaction.count, ordering: .relaxed) }
        return redaction.text
    }
}
