import FastCGI
import Payments

/// What a create or an update says, read as far as it can be without the domain.
struct AuthorizationInput {
    static let type: StaticString = "stripe-authorization"

    let code: String?
    /// As sent; it need not be a number.
    let event: String?
    let resource: ResourceInput

    /// - Throws: every fault of the document (B4 to B16).
    init(_ request: Request, codeIsRequired: Bool) throws(JSONAPIFault) {
        var resource = try ResourceInput(request, type: AuthorizationInput.type)
        // `stripe-publishable-key`, which the front end sends too, is ignored, as every attribute but the code.
        code = resource.text(AttributeName("stripe-auth-code", "stripe_auth_code"), isRequired: codeIsRequired)
        event = resource.identifier("event", type: EventDocument.schema.type)
        try resource.finish()
        self.resource = resource
    }
}

extension StripeEndpoints {
    /// `POST /v1/stripe-authorizations`: exchanges the code at Stripe, once (contract section 2, cases A to D, F).
    @Sendable func create(_ call: Call) throws(JSONAPIFault) -> JSONAPIAnswer {
        let user = try call.user()
        let query = try AuthorizationDocument.query(call.request)
        let input = try AuthorizationInput(call.request, codeIsRequired: true)
        guard let code = input.code, let text = input.event else {
            throw JSONAPIFault(
                422, .pointer("/data/relationships/event"), title: "Unprocessable Entity",
                detail: "A valid relationship with event resource is required")
        }
        // What is no number is no event of anybody, so that nothing is given away.
        guard let event = EventID(text: text) else {
            throw JSONAPIFault(.eventNotFound(String(text.prefix(64))))
        }
        // Nothing is there yet that a condition could name.
        guard call.request.header("HTTP_IF_MATCH") == nil else { throw .preconditionFailed }
        let created = try JSONAPIFault.translating { () throws(PaymentError) in
            try authorizations.create(code: code, event: event, by: user)
        }
        let document = AuthorizationDocument(
            link: created.result, event: authorizations.events.event(event), query: query)
        var answer = document.answer(status: 201, sequence: created.sequence)
        answer.location = (origin.url(of: call.request) ?? "") + document.path
        return answer
    }
}
