import JSON
import Payments

extension MerchantAnswer {
    /// `PaymentResponse` (contracts: authorization, section 1.5): the id under both names that clients know it by.
    init(_ status: Int, _ result: PaymentResult) {
        self.init(status, subject: result.payment.text) { writer in
            writer.member("id", result.payment.text)
            writer.member("transactionId", result.payment.text)
            writer.member("amount", result.amount.minorUnits)
            writer.member("currency", result.amount.currency)
            writer.member("status", result.status.rawValue)
            writer.member("action", result.action.rawValue)
            if let info = result.additionalInfo { writer.member("additionalInfo", info) }
        }
    }
}

extension Committed<PaymentResult> {
    func answered(_ status: Int) -> Committed<MerchantAnswer> {
        Committed<MerchantAnswer>(result: MerchantAnswer(status, result), sequence: sequence)
    }
}

extension PaymentError {
    /// With the payment or alias the request was about, for the log: callers may put anything into a path.
    func about(_ subject: String) -> PaymentError {
        var error = self
        error.subject = CardNumberRedaction(subject).text
        return error
    }
}
