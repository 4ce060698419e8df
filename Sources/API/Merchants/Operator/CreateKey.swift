import JSON
import Payments

/// `POST /operator/keys/create`.
struct CreateKeyRequest: RequestBody {
    let merchant: MerchantID
    let use: MerchantKey.Use
    let name: String
    /// Milliseconds since the Unix epoch.
    let validFrom: Int64?
    let validUntil: Int64?

    init(_ body: WireObject, _ call: borrowing Call) throws(PaymentError) {
        merchant = try body.id("merchant")
        guard let use = MerchantKey.Use(rawValue: try body.requiredText("use")) else {
            throw body.fault("use", "must be secret or publishable")
        }
        self.use = use
        let name = try body.requiredText("name")
        guard name.utf8.count <= 64, name.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw body.fault("name", "must be 1 to 64 printable characters without spaces")
        }
        self.name = name
        validFrom = try body.optionalInt64("validFrom")
        validUntil = try body.optionalInt64("validUntil")
        guard (validFrom ?? .min) < (validUntil ?? .max) else {
            throw body.fault("validUntil", "must be later than the beginning")
        }
    }

    var subject: String { "\(merchant)/\(name)" }
}

struct CreateKeyResponse: ResponseBody {
    let created: CreatedKey

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("key", created.text)
        writer.member("merchant", created.key.merchant.text)
        writer.member("name", created.key.name)
        writer.member("use", created.key.use.rawValue)
        writer.member("prefix", created.key.prefix)
        writer.endObject()
    }
}

extension MerchantOperatorEndpoints {
    @Sendable func createKey(
        _ request: CreateKeyRequest, _ call: Call
    ) throws(PaymentError) -> Committed<CreateKeyResponse> {
        let committed = try merchants.createKey(
            for: request.merchant, use: request.use, name: request.name, validFrom: request.validFrom,
            validUntil: request.validUntil)
        return Committed(result: CreateKeyResponse(created: committed.result), sequence: committed.sequence)
    }
}
