extension AuthorizationService {
    /// Begins a payment: a sale, or a hold.
    ///
    /// - Returns: SUCCESS, FAIL with the provider's words, or PENDING when its end is not known. The same request again
    ///   gets the same payment with its present status.
    /// - Throws: in this order 3021, 3005, 3006, 3007, 3014, 3004, 3017, 3003, 3014: no trace is left; then 4000 or 3003
    ///   when the provider refused the request: the key may be used again.
    package func charge(
        _ command: ChargeCommand, for caller: MerchantCaller
    ) throws(PaymentError) -> Committed<PaymentResult> {
        let request = request(command, of: caller)
        let fresh = PaymentID(random.text(count: 20))
        let purpose = redacted(command.purpose)
        let now = clock.milliseconds()
        return try once(request) { (transaction, earlier) throws(PaymentError) in
            let alias = try transaction.usableAlias(command, of: caller)
            let access = try providers.access(
                alias.provider, of: try transaction.merchant(caller.merchant), mode: command.mode,
                refusesSEPA: command.kind == .preauthorization && alias.method == .sepa, in: &transaction)
            let operation = PaymentOperation(
                action: command.action, amount: command.amount, reason: nil, idempotencyKey: request.providerKey,
                record: request.record.id, started: now)
            let payment = Payment(
                id: earlier.map { PaymentID($0.subject) } ?? fresh, merchant: caller.merchant, alias: command.alias,
                mode: command.mode, provider: alias.provider, account: access.account,
                providerAlias: alias.providerAlias, method: alias.method, amount: command.amount, purpose: purpose,
                operations: [operation])
            try transaction.store(
                payment, settled: [], due: now + AuthorizationService.firstLookUpMilliseconds, now: now)
            return Begun(payment: payment, number: 0, access: access)
        }
    }

    /// Equal requests have these in common, and nothing else (contracts: authorization, section 3 and D6, D10).
    private func request(_ command: ChargeCommand, of caller: MerchantCaller) -> IdempotentRequest {
        let record = IdempotencyRecord.key(caller.merchant, .payment, command.key, digests)
        let fingerprint = digests.name(of: [
            command.action.rawValue, command.mode.rawValue, command.alias.text, "\(command.amount.minorUnits)",
            command.amount.currency, command.purpose.reason, command.purpose.purchase, command.purpose.customer,
        ])
        return IdempotentRequest(
            record: record, fingerprint: fingerprint,
            providerKey: providerKey(caller.merchant, command.action, record.id.text, fingerprint))
    }

    /// A digest, so that nothing of the merchant's leaves with it, and it fits what any provider allows.
    func providerKey(_ merchant: MerchantID, _ action: PaymentAction, _ parts: String...) -> String {
        "tollgate-" + digests.name(of: [merchant.text, action.rawValue] + parts.map(Optional.some))
    }

    private func redacted(_ purpose: PaymentPurpose) -> PaymentPurpose {
        PaymentPurpose(
            reason: redactions.redact(purpose.reason), purchase: purpose.purchase.map(redactions.redact),
            customer: purpose.customer.map(redactions.redact))
    }
}

/// An alias a payment can be made with.
private struct UsableAlias {
    let provider: ProviderType
    let providerAlias: String
    let method: PaymentMethod
}

extension Transaction {
    /// - Throws: 3005, 3006, 3007, 3014, in that order.
    fileprivate mutating func usableAlias(
        _ command: ChargeCommand, of caller: MerchantCaller
    ) throws(PaymentError) -> UsableAlias {
        guard let alias = try get(Alias.self, Alias.key(command.alias)), alias.isActive else {
            throw .merchant(.aliasNotFound)
        }
        try alias.check(of: caller.merchant, mode: nil)
        guard let details = alias.details, let providerAlias = alias.providerAlias else {
            throw .merchant(.aliasIncomplete)
        }
        try alias.check(of: caller.merchant, mode: command.mode)
        return UsableAlias(provider: alias.provider, providerAlias: providerAlias, method: details.method)
    }
}
