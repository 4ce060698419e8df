import FastCGI
import JSON
import Payments

extension StripeEndpoints {
    /// `DELETE /v1/stripe-authorizations/{id}`: the credentials are dropped, and Stripe is told when no other event uses
    /// the account (contract section 1.8, cases H).
    @Sendable func delete(_ call: Call) throws(JSONAPIFault) -> JSONAPIAnswer {
        try delete(call, try call.authorization())
    }

    /// `DELETE /v1/events/{event}/stripe-authorization`: the same.
    @Sendable func deleteByEvent(_ call: Call) throws(JSONAPIFault) -> JSONAPIAnswer {
        try delete(call, .event(call.event))
    }

    private func delete(
        _ call: Call, _ reference: StripeAuthorizationReference
    ) throws(JSONAPIFault) -> JSONAPIAnswer {
        let user = try call.user()
        try checkCondition(call, reference)
        let deleted = try JSONAPIFault.translating { () throws(PaymentError) in
            try authorizations.delete(reference, by: user)
        }
        return JSONAPIAnswer(sequence: deleted.sequence) { writer in
            writer.beginObject()
            writer.name("meta")
            writer.beginObject()
            writer.member("message", "Object successfully deleted")
            writer.endObject()
            writer.jsonAPIVersion()
            writer.endObject()
        }
    }
}
