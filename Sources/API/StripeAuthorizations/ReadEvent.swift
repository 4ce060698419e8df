import FastCGI
import JSON
import Payments

extension StripeEndpoints {
    /// `GET /v1/events/{event}`, for anybody: the buyer's browser needs the publishable key (E14).
    @Sendable func readEvent(_ call: Call) throws(JSONAPIFault) -> JSONAPIAnswer {
        let query = try EventDocument.query(call.request)
        return try answer(try event(call), query)
    }

    /// `GET /v1/stripe-authorizations/{id}/event`: the same document.
    @Sendable func readEventOfAuthorization(_ call: Call) throws(JSONAPIFault) -> JSONAPIAnswer {
        let query = try EventDocument.query(call.request)
        let link = try authorization(call)
        guard let event = authorizations.events.event(link.event) else {
            throw StripeEndpoints.unknown(.id(link.event))
        }
        return try answer(event, query)
    }

    /// `GET /v1/stripe-authorizations/{id}/relationships/event`: a relationship, where the original answers the whole
    /// authorization.
    @Sendable func readEventLinkage(_ call: Call) throws(JSONAPIFault) -> JSONAPIAnswer {
        let user = try call.user()
        let reference = try call.authorization()
        let found = try JSONAPIFault.translating { () throws(PaymentError) in
            try authorizations.read(reference, by: user)
        }
        let path = AuthorizationDocument.path(found.result.id)
        return JSONAPIAnswer(sequence: found.sequence) { writer in
            writer.beginObject()
            writer.links(("self", "\(path)/relationships/event"), ("related", "\(path)/event"))
            writer.name("data")
            writer.resourceIdentifier(EventDocument.schema.type, found.result.event.description)
            writer.jsonAPIVersion()
            writer.endObject()
        }
    }

    /// `GET /v1/events/{event}/relationships/stripe-authorization`, for anybody. The id is a string, where the original
    /// answers a number (E15).
    @Sendable func readAuthorizationLinkage(_ call: Call) throws(JSONAPIFault) -> JSONAPIAnswer {
        let event = try event(call)
        let link = try link(of: event.id)
        return JSONAPIAnswer(sequence: link.sequence) { writer in
            writer.beginObject()
            EventDocument.writeRelationship(event.id, to: &writer)
            EventDocument.writeLinkage(link.result, to: &writer)
            writer.jsonAPIVersion()
            writer.endObject()
        }
    }

    private func answer(_ event: OrganizedEvent, _ query: JSONAPIQuery) throws(JSONAPIFault) -> JSONAPIAnswer {
        let link = try link(of: event.id)
        return EventDocument(event: event, link: link.result, query: query).answer(sequence: link.sequence)
    }

    private func authorization(_ call: Call) throws(JSONAPIFault) -> LinkedStripe {
        let user = try call.user()
        let reference = try call.authorization()
        return try JSONAPIFault.translating { () throws(PaymentError) in
            try authorizations.read(reference, by: user).result
        }
    }

    private func link(of event: EventID) throws(JSONAPIFault) -> Committed<LinkedStripe?> {
        try JSONAPIFault.translating { () throws(PaymentError) in try authorizations.link(of: event) }
    }

    private func event(_ call: Call) throws(JSONAPIFault) -> OrganizedEvent {
        guard let event = authorizations.events.event(call.event) else { throw StripeEndpoints.unknown(call.event) }
        return event
    }

    private static func unknown(_ event: EventReference) -> JSONAPIFault {
        let parameter =
            switch event {
            case .id: "id"
            case .identifier: "identifier"
            }
        return JSONAPIFault(
            404, .parameter(parameter), title: "Object not found", detail: "Event: \(event) not found")
    }
}
