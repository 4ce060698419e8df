import FastCGI
import JSON
import Payments

extension StripeEndpoints {
    /// `PATCH /v1/stripe-authorizations/{id}`: a new code is exchanged and replaces the account's credentials; without
    /// one nothing changes (contract section 1.7, cases G).
    @Sendable func update(_ call: Call) throws(JSONAPIFault) -> JSONAPIAnswer {
        let input = try AuthorizationInput(call.request, codeIsRequired: false)
        try StripeEndpoints.check(input, names: call.pathParameter)
        return try update(call, try call.authorization(), input)
    }

    /// `PATCH /v1/events/{event}/stripe-authorization`: the same; `data.id` is the authorization's.
    @Sendable func updateByEvent(_ call: Call) throws(JSONAPIFault) -> JSONAPIAnswer {
        let user = try call.user()
        let input = try AuthorizationInput(call.request, codeIsRequired: false)
        let reference = StripeAuthorizationReference.event(call.event)
        let found = try JSONAPIFault.translating { () throws(PaymentError) in
            try authorizations.read(reference, by: user)
        }
        try StripeEndpoints.check(input, names: found.result.id.description)
        return try update(call, .id(found.result.id), input)
    }

    private func update(
        _ call: Call, _ reference: StripeAuthorizationReference, _ input: AuthorizationInput
    ) throws(JSONAPIFault) -> JSONAPIAnswer {
        let user = try call.user()
        let query = try AuthorizationDocument.query(call.request)
        try checkCondition(call, reference)
        let updated = try JSONAPIFault.translating { () throws(PaymentError) in
            let event = input.event.map { EventID(text: $0) }
            // An id that is no number is another event than ours, but whether the caller may know comes first.
            if case .some(.none) = event {
                _ = try authorizations.update(reference, code: nil, event: nil, by: user)
                throw .eventFixed
            }
            return try authorizations.update(reference, code: input.code, event: event ?? nil, by: user)
        }
        let event = authorizations.events.event(updated.result.event)
        return AuthorizationDocument(link: updated.result, event: event, query: query)
            .answer(sequence: updated.sequence)
    }

    /// - Throws: G2, G3.
    private static func check(_ input: AuthorizationInput, names id: String) throws(JSONAPIFault) {
        let pointer = JSONAPIErrorObject.Source.pointer("/data/id")
        guard let given = input.resource.id else {
            throw JSONAPIFault(400, pointer, title: "Bad request", detail: "Missing id in \"data\" node")
        }
        guard given.equals(id) else {
            throw JSONAPIFault(
                400, pointer, title: "Bad request",
                detail: "Value of id does not match the resource identifier in url")
        }
    }
}
