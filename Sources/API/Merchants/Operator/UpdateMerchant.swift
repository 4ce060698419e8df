import Payments

/// `POST /operator/merchants/update`: providers and webhook; what is not named stays.
struct UpdateMerchantRequest: RequestBody {
    let id: MerchantID
    let change: MerchantChange

    init(_ body: WireObject, _ call: borrowing Call) throws(PaymentError) {
        id = try body.id("id")
        change = try MerchantChange(body)
    }

    var subject: String { id.text }
}

extension MerchantOperatorEndpoints {
    @Sendable func updateMerchant(
        _ request: UpdateMerchantRequest, _ call: Call
    ) throws(PaymentError) -> Committed<MerchantReport> {
        try request.change.apply(to: request.id, self)
    }
}
