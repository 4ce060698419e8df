import FastCGI
import Payments

/// `PUT /api/v1/preauthorization/{id}/capture`: takes all of what is held. It has no body, and asks for no media type.
struct CaptureRequest: MerchantRequest {
    let command: HoldCommand

    init(_ request: Request, id: String) throws(MerchantRefusal) {
        let headers = MerchantHeaders(request)
        try headers.requireSecretKey()
        command = HoldCommand(payment: PaymentID(id), end: .capture, mode: try headers.mode() ?? .live)
    }
}

extension MerchantEndpoints {
    @Sendable func capture(
        _ request: CaptureRequest, _ caller: MerchantCaller
    ) throws(PaymentError) -> Committed<MerchantAnswer> {
        do throws(PaymentError) {
            return try payments.end(request.command, for: caller).answered(200)
        } catch {
            throw error.about(request.command.payment.text)
        }
    }
}
