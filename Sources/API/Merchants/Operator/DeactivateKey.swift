import JSON
import Payments

/// `POST /operator/keys/deactivate`.
struct DeactivateKeyRequest: RequestBody {
    let merchant: MerchantID
    let name: String

    init(_ body: WireObject, _ call: borrowing Call) throws(PaymentError) {
        merchant = try body.id("merchant")
        name = try body.requiredText("name")
    }

    var subject: String { "\(merchant)/\(name)" }
}

struct DeactivateKeyResponse: ResponseBody {
    let key: MerchantKey

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("merchant", key.merchant.text)
        writer.member("name", key.name)
        writer.member("active", key.isActive)
        writer.endObject()
    }
}

extension MerchantOperatorEndpoints {
    @Sendable func deactivateKey(
        _ request: DeactivateKeyRequest, _ call: Call
    ) throws(PaymentError) -> Committed<DeactivateKeyResponse> {
        let committed = try merchants.deactivateKey(named: request.name, of: request.merchant)
        return Committed(result: DeactivateKeyResponse(key: committed.result), sequence: committed.sequence)
    }
}
