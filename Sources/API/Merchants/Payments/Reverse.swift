import FastCGI
import Payments

/// `PUT /api/v1/preauthorization/{id}/reverse`: lets go of what is held.
struct ReverseRequest: MerchantRequest {
    let command: HoldCommand

    init(_ request: Request, id: String) throws(MerchantRefusal) {
        let headers = MerchantHeaders(request)
        try headers.requireJSON()
        try headers.requireSecretKey()
        let mode = try headers.mode() ?? .live
        let reason = try MerchantBody(request).text("reason")
        var faults = FieldFaults()
        let given = faults.require(reason, "reason")
        faults.check(given, "reason")
        guard let given, faults.list.isEmpty else { throw .invalid(faults.list) }
        command = HoldCommand(payment: PaymentID(id), end: .reversal(reason: given), mode: mode)
    }
}

extension MerchantEndpoints {
    @Sendable func reverse(
        _ request: ReverseRequest, _ caller: MerchantCaller
    ) throws(PaymentError) -> Committed<MerchantAnswer> {
        do throws(PaymentError) {
            return try payments.end(request.command, for: caller).answered(200)
        } catch {
            throw error.about(request.command.payment.text)
        }
    }
}
