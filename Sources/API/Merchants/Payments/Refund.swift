import FastCGI
import Payments

/// `PUT /api/v1/authorization/{id}/refund`: gives back some or all of what was taken, captured holds included.
struct RefundRequest: MerchantRequest {
    let command: RefundCommand

    init(_ request: Request, id: String) throws(MerchantRefusal) {
        let headers = MerchantHeaders(request)
        try headers.requireJSON()
        try headers.requireSecretKey()
        try headers.requireIdempotentKey()
        let mode = try headers.mode()
        let members = try PaymentData.Members(try MerchantBody(request))
        var faults = FieldFaults()
        guard let data = members.checked(at: "", &faults) else { throw .invalid(faults.list) }
        command = RefundCommand(
            payment: PaymentID(id), key: try headers.idempotentKey(for: "refundTransaction"), amount: data.money,
            reason: data.reason, mode: mode)
    }
}

extension MerchantEndpoints {
    @Sendable func refund(
        _ request: RefundRequest, _ caller: MerchantCaller
    ) throws(PaymentError) -> Committed<MerchantAnswer> {
        do throws(PaymentError) {
            return try payments.refund(request.command, for: caller).answered(201)
        } catch {
            throw error.about(request.command.payment.text)
        }
    }
}
