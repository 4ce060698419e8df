import FastCGI
import JSON
import Payments

/// An authorization as JSON:API shows it: the publishable key, and its event (contract: Stripe authorization, section
/// 1.2). There is nothing else in it that anybody may see.
struct AuthorizationDocument {
    static let schema = JSONAPISchema(
        type: "stripe-authorization", className: "StripeAuthorizationSchema",
        // The original knows the code too, which is never shown.
        fields: ["id", "stripe_publishable_key", "stripe_auth_code", "event"], includable: ["event"])

    let link: LinkedStripe
    /// nil when the events' file does not know it any more.
    let event: OrganizedEvent?
    let query: JSONAPIQuery

    static func query(_ request: Request) throws(JSONAPIFault) -> JSONAPIQuery {
        try JSONAPIQuery(request, main: schema, schemas: [schema, EventDocument.schema])
    }

    var path: String { AuthorizationDocument.path(link.id) }

    static func path(_ id: StripeAuthorizationID) -> String { "/v1/stripe-authorizations/\(id)" }

    func answer(status: Int = 200, sequence: SequenceNumber) -> JSONAPIAnswer {
        var answer = JSONAPIAnswer(status: status, sequence: sequence) { writer in
            writer.beginObject()
            writer.name("data")
            AuthorizationDocument.write(link, query, linksData: query.includes("event"), to: &writer)
            writer.links(("self", path))
            if query.includes("event"), query.wants("event", of: AuthorizationDocument.schema), let event {
                writer.name("included")
                writer.beginArray()
                EventDocument.write(event, link, query, linksData: false, to: &writer)
                writer.endArray()
            }
            writer.jsonAPIVersion()
            writer.endObject()
        }
        answer.subject = "event \(link.event)"
        return answer
    }

    /// The resource object.
    ///
    /// - Parameter linksData: whether the relationship tells its event, which it does only where that is included.
    static func write(_ link: LinkedStripe, _ query: JSONAPIQuery, linksData: Bool, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("type", schema.type)
        writer.member("id", link.id.description)
        if query.wants("stripe_publishable_key", of: schema) {
            writer.name("attributes")
            writer.beginObject()
            writer.name("stripe-publishable-key")
            if let key = link.publishableKey { writer.string(key) } else { writer.null() }
            writer.endObject()
        }
        if query.wants("event", of: schema) {
            writer.name("relationships")
            writer.beginObject()
            writer.name("event")
            writer.beginObject()
            writer.links(("self", "\(path(link.id))/relationships/event"), ("related", "\(path(link.id))/event"))
            if linksData {
                writer.name("data")
                writer.resourceIdentifier(EventDocument.schema.type, link.event.description)
            }
            writer.endObject()
            writer.endObject()
        }
        writer.links(("self", path(link.id)))
        writer.endObject()
    }
}

extension JSONWriter {
    /// The member `links`.
    mutating func links(_ links: (name: StaticString, path: String)...) {
        name("links")
        beginObject()
        for link in links { member(link.name, link.path) }
        endObject()
    }
}
