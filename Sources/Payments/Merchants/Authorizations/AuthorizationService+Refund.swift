extension AuthorizationService {
    /// Gives back some or all of what was taken.
    ///
    /// What is being given back counts, so that parallel refunds together never exceed the payment.
    ///
    /// - Returns: as `charge`.
    /// - Throws: in this order 3021, 3016 unknown or nothing taken, 3006 another merchant's, 3014, `invalid` for another
    ///   currency, 3018, 3004, 3003: no trace is left; then 4000 or 3003 when the provider refused: the key may be used
    ///   again.
    package func refund(
        _ command: RefundCommand, for caller: MerchantCaller
    ) throws(PaymentError) -> Committed<PaymentResult> {
        let request = request(command, of: caller)
        let reason = redactions.redact(command.reason)
        let now = clock.milliseconds()
        return try once(request) { (transaction, earlier) throws(PaymentError) in
            guard var payment = try transaction.get(Payment.self, Payment.key(command.payment)) else {
                throw .merchant(.operationNotAllowed)
            }
            guard payment.merchant == caller.merchant else { throw .merchant(.foreignAlias) }
            guard payment.taken != nil else { throw .merchant(.operationNotAllowed) }
            guard command.mode == nil || command.mode == payment.mode else { throw .merchant(.modeMismatch) }
            try payment.checkRefund(command.amount)
            let access = try followUpAccess(to: payment, in: &transaction)
            let number: Int
            if let earlier {
                number = earlier.operation
                payment.reopen(number, now: now)
            } else {
                number = payment.begin(
                    PaymentOperation(
                        action: .refund, amount: command.amount, reason: reason, idempotencyKey: request.providerKey,
                        record: request.record.id, started: now))
            }
            try transaction.store(
                payment, settled: [], due: now + AuthorizationService.firstLookUpMilliseconds, now: now)
            return Begun(payment: payment, number: number, access: access)
        }
    }

    private func request(_ command: RefundCommand, of caller: MerchantCaller) -> IdempotentRequest {
        let record = IdempotencyRecord.key(caller.merchant, .payment, command.key, digests)
        let fingerprint = digests.name(of: [
            PaymentAction.refund.rawValue, command.mode?.rawValue, command.payment.text,
            "\(command.amount.minorUnits)", command.amount.currency, command.reason,
        ])
        return IdempotentRequest(
            record: record, fingerprint: fingerprint,
            providerKey: providerKey(caller.merchant, .refund, record.id.text, fingerprint))
    }
}
