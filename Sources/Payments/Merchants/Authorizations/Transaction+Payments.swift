extension Transaction {
    /// Puts a payment with all that goes with it: its place in the list of open payments, the index by the provider's
    /// id, and the notifications to the merchant.
    ///
    /// - Parameter settled: the operations the merchant is to be told of.
    /// - Parameter due: when to ask the provider, should the payment still be open.
    mutating func store(_ payment: Payment, settled: [Int], due: Int64, now: Int64) throws(PaymentError) {
        var payment = payment
        let id = DocumentID(payment.paymentID.text)
        switch (payment.hasOpenOperations, payment.page) {
        case (true, nil): payment.page = try OpenList.payments.add(id, due: due, in: &self)
        case (true, let page?): try OpenList.payments.postpone(id, on: page, until: due, in: &self)
        case (false, let page?):
            try OpenList.payments.remove(id, from: page, in: &self)
            payment.page = nil
        case (false, nil): break
        }
        if let providerID = payment.providerID {
            let key = ProviderPayment.key(payment, providerID)
            if try get(ProviderPayment.self, key) == nil {
                put(ProviderPayment(key.id, payment: payment.paymentID))
            }
        }
        for number in settled { try announce(number, of: payment, now: now) }
        put(payment)
    }

    /// Writes the notification of one settled operation, where the merchant wants any.
    private mutating func announce(_ number: Int, of payment: Payment, now: Int64) throws(PaymentError) {
        guard let merchant = try get(Merchant.self, Merchant.key(payment.merchant)), merchant.webhook != nil,
            let result = payment.result(number)
        else { return }
        var delivery = Delivery(result, of: payment, operation: number, now: now)
        // A refund that failed, was tried again and failed again is told once.
        guard try get(Delivery.self, delivery.key) == nil else { return }
        delivery.page = try OpenList.deliveries.add(delivery.id, due: now, in: &self)
        put(delivery)
    }
}
