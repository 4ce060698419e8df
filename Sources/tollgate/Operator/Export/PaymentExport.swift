import Payments

/// A merchant's payment as lines of an export, one for each thing that was done with its money.
enum PaymentExport {
    static let columns = [
        "payment", "merchant", "mode", "provider", "alias", "method", "action", "state", "status", "amount", "currency",
        "started", "settled", "settled_by", "provider_id", "reason", "purchase", "customer", "message",
    ]

    static func rows(_ payment: Payment) -> [ExportRow] {
        payment.operations.map { operation in
            ExportRow(
                at: operation.started,
                values: [
                    .text(payment.paymentID.text), .text(payment.merchant.text), .text(payment.mode.rawValue),
                    .text(payment.provider.rawValue), .text(payment.alias.text), .text(payment.method.rawValue),
                    .text(operation.action.rawValue), .text(operation.state.rawValue),
                    .text(operation.status.rawValue), .number(operation.amount.minorUnits),
                    .text(operation.amount.currency), .moment(operation.started), .init(moment: operation.settled),
                    operation.settled == nil ? .none : .text(operation.source.rawValue),
                    .init(operation.providerID?.text), .init(operation.reason ?? payment.purpose.reason),
                    .init(payment.purpose.purchase), .init(payment.purpose.customer), .init(operation.message),
                ])
        }
    }
}
