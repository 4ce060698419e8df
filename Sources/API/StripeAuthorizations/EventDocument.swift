import FastCGI
import JSON
import Payments

/// An event as far as Stripe payments are concerned. `is-stripe-linked` is not stored anywhere: it says whether there is
/// an authorization.
struct EventDocument {
    static let schema = JSONAPISchema(
        type: "event", className: "EventSchema",
        fields: ["id", "identifier", "name", "can_pay_by_stripe", "is_stripe_linked", "stripe_authorization"],
        includable: ["stripe-authorization"])

    let event: OrganizedEvent
    let link: LinkedStripe?
    let query: JSONAPIQuery

    static func query(_ request: Request) throws(JSONAPIFault) -> JSONAPIQuery {
        try JSONAPIQuery(request, main: schema, schemas: [schema, AuthorizationDocument.schema])
    }

    static func path(_ id: EventID) -> String { "/v1/events/\(id)" }

    func answer(sequence: SequenceNumber) -> JSONAPIAnswer {
        let isIncluding = query.includes("stripe-authorization")
        var answer = JSONAPIAnswer(sequence: sequence) { writer in
            writer.beginObject()
            writer.name("data")
            EventDocument.write(event, link, query, linksData: isIncluding, to: &writer)
            writer.links(("self", EventDocument.path(event.id)))
            if isIncluding, query.wants("stripe_authorization", of: EventDocument.schema), let link {
                writer.name("included")
                writer.beginArray()
                AuthorizationDocument.write(link, query, linksData: false, to: &writer)
                writer.endArray()
            }
            writer.jsonAPIVersion()
            writer.endObject()
        }
        answer.subject = "event \(event.id)"
        return answer
    }

    /// The resource object.
    ///
    /// - Parameter linksData: whether the relationship tells its authorization, or that there is none.
    static func write(
        _ event: OrganizedEvent, _ link: LinkedStripe?, _ query: JSONAPIQuery, linksData: Bool,
        to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.member("type", schema.type)
        writer.member("id", event.id.description)
        writeAttributes(event, isLinked: link != nil, query, to: &writer)
        if query.wants("stripe_authorization", of: schema) {
            writer.name("relationships")
            writer.beginObject()
            writer.name("stripe-authorization")
            writer.beginObject()
            writeRelationship(event.id, to: &writer)
            if linksData { writeLinkage(link, to: &writer) }
            writer.endObject()
            writer.endObject()
        }
        writer.links(("self", path(event.id)))
        writer.endObject()
    }

    private static func writeAttributes(
        _ event: OrganizedEvent, isLinked: Bool, _ query: JSONAPIQuery, to writer: inout JSONWriter
    ) {
        let wanted = ["identifier", "name", "can_pay_by_stripe", "is_stripe_linked"] as [StaticString]
        guard wanted.contains(where: { query.wants($0, of: schema) }) else { return }
        writer.name("attributes")
        writer.beginObject()
        if query.wants("identifier", of: schema) { writer.member("identifier", event.identifier.text) }
        if query.wants("name", of: schema) { writer.member("name", event.name) }
        if query.wants("can_pay_by_stripe", of: schema) { writer.member("can-pay-by-stripe", event.canPayByStripe) }
        if query.wants("is_stripe_linked", of: schema) { writer.member("is-stripe-linked", isLinked) }
        writer.endObject()
    }

    /// The links of the relationship; the original's `self` holds a wrong id.
    static func writeRelationship(_ event: EventID, to writer: inout JSONWriter) {
        writer.links(
            ("self", "\(path(event))/relationships/stripe-authorization"),
            ("related", "\(path(event))/stripe-authorization"))
    }

    /// The member `data` of the relationship.
    static func writeLinkage(_ link: LinkedStripe?, to writer: inout JSONWriter) {
        writer.name("data")
        if let link {
            writer.resourceIdentifier(AuthorizationDocument.schema.type, link.id.description)
        } else {
            writer.null()
        }
    }
}
