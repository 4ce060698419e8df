import FastCGI
import Payments

/// `POST /api/v1/alias/{id}/verify`: goes on with the customer's authentication.
struct VerifyAliasRequest: MerchantRequest {
    let alias: AliasID
    let mode: PaymentMode?

    init(_ request: Request, id: String) throws(MerchantRefusal) {
        let headers = MerchantHeaders(request)
        try headers.requireJSON()
        try headers.requirePublishableKey()
        mode = try headers.mode()
        let body = try MerchantBody(request)
        // Read for their types only: no provider here takes part in an authentication.
        for name: StaticString in ["fingerprintResult", "challengeResult", "md", "paRes"] { _ = try body.text(name) }
        alias = AliasID(id)
    }
}

extension MerchantEndpoints {
    /// Answers the 3DS model, which is empty.
    @Sendable func verifyAlias(
        _ request: VerifyAliasRequest, _ caller: MerchantCaller
    ) throws(PaymentError) -> Committed<MerchantAnswer> {
        do throws(PaymentError) {
            let committed = try aliases.verify(request.alias, mode: request.mode, for: caller)
            let answer = MerchantAnswer(200, subject: request.alias.text) { _ in }
            return Committed(result: answer, sequence: committed.sequence)
        } catch {
            throw error.about(request.alias.text)
        }
    }
}
