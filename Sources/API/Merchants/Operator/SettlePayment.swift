import JSON
import Payments

/// `POST /operator/authorizations/settle`: an operator who looked at the provider says what became of an operation.
struct SettlePaymentRequest: RequestBody {
    let payment: PaymentID
    /// Counted from 0, as `tollgate authorizations show` does.
    let operation: Int
    let outcome: ProviderOutcome

    init(_ body: WireObject, _ call: borrowing Call) throws(PaymentError) {
        payment = try body.id("id")
        operation = Int(try body.uint32("operation"))
        let id: ProviderTransactionID? = try body.optionalID("providerID")
        switch try body.requiredText("outcome") {
        case "succeeded":
            guard let id else { throw body.fault("providerID", "is required: what the provider calls it") }
            outcome = .approved(ProviderApproval(id: id))
        case "failed":
            outcome = .declined(try body.optionalText("message") ?? "The payment did not take place.", id: id)
        case _: throw body.fault("outcome", "must be succeeded or failed")
        }
    }

    var subject: String { payment.text }
}

struct SettlePaymentResponse: ResponseBody {
    let result: PaymentResult

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", result.payment.text)
        writer.member("action", result.action.rawValue)
        writer.member("status", result.status.rawValue)
        writer.endObject()
    }
}

extension MerchantOperatorEndpoints {
    @Sendable func settle(
        _ request: SettlePaymentRequest, _ call: Call
    ) throws(PaymentError) -> Committed<SettlePaymentResponse> {
        let committed = try payments.settle(
            request.payment, operation: request.operation, as: request.outcome)
        return Committed(result: SettlePaymentResponse(result: committed.result), sequence: committed.sequence)
    }
}
