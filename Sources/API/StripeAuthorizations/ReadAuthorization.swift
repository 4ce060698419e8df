import FastCGI
import Payments

extension StripeEndpoints {
    /// `GET /v1/stripe-authorizations/{id}`.
    @Sendable func read(_ call: Call) throws(JSONAPIFault) -> JSONAPIAnswer {
        try read(call, try call.authorization())
    }

    /// `GET /v1/events/{event}/stripe-authorization`: the same document.
    @Sendable func readByEvent(_ call: Call) throws(JSONAPIFault) -> JSONAPIAnswer {
        try read(call, .event(call.event))
    }

    /// The present document as `call` would see it; also what an update's or a delete's condition is compared with.
    func read(_ call: Call, _ reference: StripeAuthorizationReference) throws(JSONAPIFault) -> JSONAPIAnswer {
        let user = try call.user()
        let query = try AuthorizationDocument.query(call.request)
        let found = try JSONAPIFault.translating { () throws(PaymentError) in
            try authorizations.read(reference, by: user)
        }
        let event = authorizations.events.event(found.result.event)
        return AuthorizationDocument(link: found.result, event: event, query: query).answer(sequence: found.sequence)
    }

    /// Looks at `If-Match` before a change, so that it protects something (the original looks afterwards). Whoever may
    /// not change the authorization is told that by the change itself.
    ///
    /// - Throws: 412 for a version that is not the present one; as `read`.
    func checkCondition(_ call: Call, _ reference: StripeAuthorizationReference) throws(JSONAPIFault) {
        guard let wanted = call.request.header("HTTP_IF_MATCH") else { return }
        let user = try call.user()
        let found = try JSONAPIFault.translating { () throws(PaymentError) in
            try authorizations.read(reference, by: user)
        }
        guard authorizations.events.access(of: user, to: found.result.event) == .manage else { return }
        let present = try read(call, reference)
        guard EntityTag(of: present.body).isNamed(by: wanted) else { throw .preconditionFailed }
    }
}
