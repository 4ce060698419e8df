import FastCGI
import Payments

/// The request of the two operations that begin a payment: headers and `PaymentRequest`.
struct ChargeRequest {
    let key: String
    let alias: AliasID
    let data: PaymentData
    let purchase: String?
    let customer: String?
    let mode: PaymentMode

    /// - Parameter operation: what the contract calls it.
    init(_ request: Request, operation: StaticString) throws(MerchantRefusal) {
        let headers = MerchantHeaders(request)
        try headers.requireJSON()
        try headers.requireSecretKey()
        try headers.requireIdempotentKey()
        mode = try headers.mode() ?? .live
        let body = try MerchantBody(request)
        let alias = try body.text("aliasId")
        let data: PaymentData.Members? =
            if let members = try body.body("paymentData") { try PaymentData.Members(members) } else { nil }
        purchase = try body.text("purchaseId")
        customer = try body.text("customerId")
        var faults = FieldFaults()
        let wantedAlias = faults.require(alias, "aliasId")
        let checked = faults.require(data, "paymentData")?.checked(at: "paymentData.", &faults)
        faults.check(purchase, "purchaseId")
        faults.check(customer, "customerId")
        guard let wantedAlias, let checked, faults.list.isEmpty else { throw .invalid(faults.list) }
        self.alias = AliasID(wantedAlias)
        self.data = checked
        key = try headers.idempotentKey(for: operation)
    }

    func command(_ kind: ChargeCommand.Kind) -> ChargeCommand {
        ChargeCommand(
            kind: kind, key: key, alias: alias, amount: data.money,
            purpose: PaymentPurpose(reason: data.reason, purchase: purchase, customer: customer), mode: mode)
    }
}
