import FastCGI
import Payments

/// `PUT /api/v1/preauthorization`: holds the money (PREAUTH).
struct PreauthorizeRequest: MerchantRequest {
    let charge: ChargeRequest

    init(_ request: Request, id: String) throws(MerchantRefusal) {
        charge = try ChargeRequest(request, operation: "preauthorizeTransaction")
    }
}

extension MerchantEndpoints {
    @Sendable func preauthorize(
        _ request: PreauthorizeRequest, _ caller: MerchantCaller
    ) throws(PaymentError) -> Committed<MerchantAnswer> {
        try payments.charge(request.charge.command(.preauthorization), for: caller).answered(201)
    }
}
