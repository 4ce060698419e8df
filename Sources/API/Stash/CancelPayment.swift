import JSON
import Payments

/// `POST /api/v1/purchase/cancel` (contract section 1.5). Only the two ids are required: the oldest form has no more.
struct CancelPaymentRequest: RequestBody {
    let command: CancelCommand
    let foreign: PaymentError?

    init(_ body: WireObject, _ call: borrowing Call) throws(PaymentError) {
        let caller = try call.requireCaller()
        command = CancelCommand(
            transaction: try body.transactionID(), player: try body.playerID(),
            details: PurchaseDetails(keyName: caller.keyName, scheme: caller.scheme.rawValue))
        foreign = body.foreignness(to: caller.shop)
    }

    var subject: String { command.transaction.text }
}

/// Always sent with 200: the error is inside.
struct CancelPaymentResponse: ResponseBody {
    let status: CancellationStatus
    var message: String?

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("status", status.wireName)
        if let message { writer.member("message", message) }
        writer.endObject()
    }
}

extension StashEndpoints {
    @Sendable func cancel(
        _ request: CancelPaymentRequest, _ call: Call
    ) throws(PaymentError) -> Committed<CancelPaymentResponse> {
        if let foreign = request.foreign {
            let sentence = "\(foreign.field ?? "body"): \(foreign.message)"
            return Committed(
                result: CancelPaymentResponse(status: .transactionNotFound, message: sentence), sequence: 0)
        }
        let committed = try purchases.cancel(request.command, in: try call.requireCaller().shop)
        return Committed(result: CancelPaymentResponse(status: committed.result), sequence: committed.sequence)
    }
}

extension WireObject {
    /// Why the body belongs to another shop or environment than the caller's; nil when it does not. Register and
    /// cancel say it in their own status.
    func foreignness(to shop: Shop) -> PaymentError? {
        do throws(PaymentError) {
            try checkBelongs(to: shop)
            return nil
        } catch {
            return error
        }
    }
}

extension CancellationStatus {
    fileprivate var wireName: String {
        switch self {
        case .unspecified: "PURCHASE_CANCELLATION_STATUS_UNSPECIFIED"
        case .cancelled: "PURCHASE_CANCELLATION_STATUS_SUCCESS_CANCELLED"
        case .transactionNotFound: "PURCHASE_CANCELLATION_STATUS_FAILED_TRANSACTION_NOT_FOUND"
        case .alreadyCompleted: "PURCHASE_CANCELLATION_STATUS_FAILED_ALREADY_COMPLETED"
        case .alreadyCancelled: "PURCHASE_CANCELLATION_STATUS_FAILED_ALREADY_CANCELLED"
        }
    }
}
