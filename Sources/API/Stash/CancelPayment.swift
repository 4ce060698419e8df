import JSON
import Payments

/// `POST /api/v1/purchase/cancel` (contract section 1.5). Only the two ids are required: the oldest form has no more.
struct CancelPaymentRequest: RequestBody {
    /// What to cancel, or why there can be nothing: cancel says that in its status.
    let command: Result<CancelCommand, PaymentError>

    init(_ body: WireObject, _ call: borrowing Call) throws(PaymentError) {
        let caller = try call.requireShop()
        command = try CancelPaymentRequest.refusable { () throws(PaymentError) in
            try body.checkBelongs(to: caller.shop)
            return CancelCommand(
                transaction: try body.transactionID(), player: try body.playerID(),
                details: caller.details)
        }
    }

    var subject: String { (try? command.get())?.transaction.text ?? "" }
}

/// Always sent with 200: the error is inside.
struct CancelPaymentResponse: ResponseBody {
    let status: CancellationStatus
    var message: String?

    var decision: Decision {
        switch status {
        case .unspecified: .unavailable
        case .cancelled: .cancelled
        case .transactionNotFound: .notFound
        case .alreadyCompleted: .alreadyCompleted
        case .alreadyCancelled: .alreadyCancelled
        }
    }

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
        switch request.command {
        case .failure(let refusal):
            let refused = CancelPaymentResponse(status: .transactionNotFound, message: refusal.sentence)
            return Committed(result: refused, sequence: 0)
        case .success(let command):
            let committed = try purchases.cancel(command, in: try call.requireShop().shop)
            return Committed(result: CancelPaymentResponse(status: committed.result), sequence: committed.sequence)
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
