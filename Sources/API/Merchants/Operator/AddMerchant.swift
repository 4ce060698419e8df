import Payments

/// `POST /operator/merchants/add`.
struct AddMerchantRequest: RequestBody {
    let id: MerchantID
    let name: String
    let allowsLive: Bool
    let change: MerchantChange

    init(_ body: WireObject, _ call: borrowing Call) throws(PaymentError) {
        id = try body.id("id")
        name = try body.requiredText("name")
        allowsLive = try body.optionalBoolean("live") ?? false
        change = try MerchantChange(body)
    }

    var subject: String { id.text }
}

extension MerchantOperatorEndpoints {
    @Sendable func addMerchant(
        _ request: AddMerchantRequest, _ call: Call
    ) throws(PaymentError) -> Committed<MerchantReport> {
        _ = try merchants.add(request.id, name: request.name, allowsLive: request.allowsLive)
        return try request.change.apply(to: request.id, self)
    }
}
