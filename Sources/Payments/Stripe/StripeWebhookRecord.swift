package import JSON

/// That a webhook event was applied: Stripe sends each at least once.
package struct StripeWebhookRecord: Sendable {
    /// `evt_…`
    package let event: String
    /// Milliseconds since the Unix epoch.
    package let received: Int64
    let unknown: [UnknownMember]

    init(event: String, received: Int64, unknown: [UnknownMember] = []) {
        self.event = event
        self.received = received
        self.unknown = unknown
    }
}

extension StripeWebhookRecord: Document {
    package static let kind = DocumentKind("stripe-webhook-event")

    package var id: DocumentID { DocumentID(event) }

    private static let schemaVersion: Int64 = 1

    private static let known: [StaticString] = ["v", "event", "received"]

    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("v", StripeWebhookRecord.schemaVersion)
        writer.member("event", event)
        writer.member("received", received)
        UnknownMember.write(unknown, to: &writer)
        writer.endObject()
    }

    package init(json: JSONValue) throws(DocumentError) {
        let fields = StoredFields(json, of: "Stripe webhook event")
        self.init(
            event: try fields.string("event"), received: try fields.integer("received"),
            unknown: UnknownMember.members(of: json, except: StripeWebhookRecord.known))
    }
}
