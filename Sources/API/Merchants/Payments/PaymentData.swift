import JSON
import Payments

/// `PaymentData`: how much, and what for (contracts: authorization, section 1.4).
struct PaymentData {
    let money: Money
    let reason: String

    /// The three members as they came.
    struct Members {
        let amount: Int64?
        let currency: String?
        let reason: String?

        /// - Throws: 2004.
        init(_ body: MerchantBody) throws(MerchantRefusal) {
            amount = try body.integer("amount")
            currency = try body.text("currency")
            reason = try body.text("reason")
        }

        /// - Parameter path: what stands before a member's name, such as `paymentData.`.
        /// - Returns: nil when something is wrong; then it is among the faults.
        func checked(at path: String, _ faults: inout FieldFaults) -> PaymentData? {
            let amount = faults.require(amount, path + "amount")
            if let amount, amount <= 0 { faults.add(path + "amount", "must be greater than 0") }
            let currency = faults.require(currency, path + "currency")
            faults.check(currency, path + "currency", length: 3...3)
            let reason = faults.require(reason, path + "reason")
            faults.check(reason, path + "reason")
            guard let amount, let currency, let reason, faults.list.isEmpty,
                let money = Money(minorUnits: amount, currency: currency)
            else { return nil }
            return PaymentData(money: money, reason: reason)
        }
    }
}
