import JSON
import Payments

/// `POST /operator/merchants/reseal`: the key that must be in force, and whose secrets to seal with it.
struct ResealMerchantsRequest: RequestBody {
    let key: String
    let merchants: [MerchantID]

    init(_ body: WireObject, _ call: borrowing Call) throws(PaymentError) {
        guard let key = try body.optionalText("key") else { throw body.fault("key", "is required") }
        self.key = key
        merchants = try body.list("merchants") { object throws(PaymentError) in
            let id: MerchantID = try object.id("id")
            guard Merchant.isUsable(id) else { throw object.fault("id", "is no merchant's id") }
            return id
        }
    }

    var subject: String { key }
}

extension MerchantOperatorEndpoints {
    /// - Throws: `conflict` when the service seals with another key, as for the connections to Stripe.
    @Sendable func reseal(
        _ request: ResealMerchantsRequest, _ call: Call
    ) throws(PaymentError) -> Committed<ResealingResponse> {
        guard let sealing else {
            throw PaymentError(.notFound, "The configuration has no \"sealing\", so nothing is sealed.")
        }
        try sealing.check(currentKey: request.key)
        return Committed(
            result: ResealingResponse(result: try merchants.reseal(request.merchants, with: sealing)), sequence: 0)
    }
}
