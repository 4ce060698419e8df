package import JSON

/// That a webhook event was applied: Stripe sends each at least once.
package struct StripeWebhookRecord: Sendable {
    /// Of the event's id.
    package let digest: String
    /// `evt_…`
    package let event: String
    /// Milliseconds since the Unix epoch.
    package let received: Int64
    let unknown: [UnknownMember]

    /// Stripe sends an event anew for three days.
    static let keptMilliseconds: Int64 = 30 * 24 * 3600 * 1000

    init(digest: String, event: String, received: Int64, unknown: [UnknownMember] = []) {
        self.digest = digest
        self.event = event
        self.received = received
        self.unknown = unknown
    }

    func isOver(at now: Int64) -> Bool {
        let (age, overflow) = now.subtractingReportingOverflow(received)
        return !overflow && age > StripeWebhookRecord.keptMilliseconds
    }
}

extension StripeWebhookRecord: ShelvedRecord {
    package static let kind = DocumentKind("stripe-webhook-event")

    private static let schemaVersion: Int64 = 1

    private static let known: [StaticString] = ["v", "digest", "event", "received"]

    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("v", StripeWebhookRecord.schemaVersion)
        writer.member("digest", digest)
        writer.member("event", event)
        writer.member("received", received)
        UnknownMember.write(unknown, to: &writer)
        writer.endObject()
    }

    package init(json: JSONValue) throws(DocumentError) {
        let fields = StoredFields(json, of: "Stripe webhook event")
        self.init(
            digest: try fields.string("digest"), event: try fields.string("event"),
            received: try fields.integer("received"),
            unknown: UnknownMember.members(of: json, except: StripeWebhookRecord.known))
    }
}
