import FastCGI
import Payments

/// `PUT /api/v1/authorization`: takes the money at once (AUTH).
struct AuthorizeRequest: MerchantRequest {
    let charge: ChargeRequest

    init(_ request: Request, id: String) throws(MerchantRefusal) {
        charge = try ChargeRequest(request, operation: "authorizeTransaction")
    }
}

extension MerchantEndpoints {
    @Sendable func authorize(
        _ request: AuthorizeRequest, _ caller: MerchantCaller
    ) throws(PaymentError) -> Committed<MerchantAnswer> {
        try payments.charge(request.charge.command(.authorization), for: caller).answered(201)
    }
}
