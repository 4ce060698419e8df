extension StripeAuthorizations {
    /// Exchanges one code, once: refuses it, or records the intent durably, asks Stripe, and records the end durably.
    ///
    /// - Throws: what stands against it (nothing is sent then), or what Stripe made of it.
    func exchange(
        _ code: String, event: EventID, user: UserID, replacing replaced: StripeAuthorizationID?,
        _ settings: StripeAuthorizationSettings
    ) throws(PaymentError) -> Committed<LinkedStripe> {
        guard !code.isEmpty, code.utf8.count <= StripeExchangeOrder.codeLimit else {
            throw .invalid("stripe-auth-code", "is not a code of Stripe's")
        }
        let order = StripeExchangeOrder(
            code: code, digest: surroundings.digest(of: code), event: event, user: user, replaced: replaced,
            settings: settings, attempt: surroundings.randomToken())
        // From before the intent can be seen until its end can be seen: nobody must take it for abandoned in between.
        return try attempting(order.attempt) { () throws(PaymentError) in
            let opened = try reportingMissingPlatform(for: event) { () throws(PaymentError) in
                try patiently(reading: order.keys) { transaction throws(PaymentError) in
                    try self.open(order, &transaction)
                }
            }
            try repository.waitUntilDurable(opened.sequence)
            return try conclude(order, opened.result.connect.exchange(code: code))
        }
    }

    /// Records the intent.
    ///
    /// - Returns: whom to ask; nil when another exchange of this event or this code is under way.
    private func open(
        _ order: StripeExchangeOrder, _ transaction: inout Transaction
    ) throws(PaymentError) -> StripePlatform? {
        var link = try transaction.stripeLink(order.event, isLive: order.settings.isLive)
        guard link.authorization == order.replaced else {
            throw order.replaced == nil ? .alreadyExists : .authorizationNotFound
        }
        guard let platform = order.settings.platform else { throw .platformNotConfigured }
        if try isUnderWay(link.exchange, &transaction) { return nil }
        let now = surroundings.clock.milliseconds()
        if var known = try transaction.stripeCode(order.digest) {
            guard try mayBeSent(known, order) else { return nil }
            known.restart(event: order.event, user: order.user, attempt: order.attempt, now: now)
            try transaction.put(known, now: now)
        } else {
            try transaction.put(
                StripeCode(
                    digest: order.digest, event: order.event, user: order.user, state: .started,
                    attempt: order.attempt, started: now), now: now)
        }
        // A key that cannot seal must be found out before the code is spent.
        _ = try sealing.seal([], for: "stripe-authorization:intent")
        link.exchange = order.digest
        var ledger = try transaction.stripeLedger()
        try ledger.open(exchange: order.digest)
        transaction.put(link)
        transaction.put(ledger)
        return platform
    }

    /// - Returns: false while somebody else is sending it.
    /// - Throws: why it is never sent again.
    private func mayBeSent(_ code: StripeCode, _ order: StripeExchangeOrder) throws(PaymentError) -> Bool {
        switch code.state {
        case .notSent: return true
        case .started:
            guard isUnderWay(code) else { throw .outcomeUnknown }
            return false
        case .connected: throw .codeUsed
        case .refused: throw .connection(.stripeRefused, code.refusal(of: order.code))
        case .wrongMode: throw .modeMismatch
        case .unknown, .settled: throw .outcomeUnknown
        }
    }

    /// Records what Stripe made of the code.
    private func conclude(
        _ order: StripeExchangeOrder, _ answer: StripeExchange
    ) throws(PaymentError) -> Committed<LinkedStripe> {
        switch answer {
        case .connected(let credentials):
            guard credentials.isLive == order.settings.isLive else {
                surroundings.report(.modeMismatch(order.event, isLive: credentials.isLive))
                throw try close(order, .wrongMode, .modeMismatch)
            }
            return try store(credentials, order)
        case .refused(let sentence):
            throw try close(order, .connection(.stripeRefused, sentence)) { code, now in
                code.refuse(sentence, code: order.code, now: now)
            }
        case .platformRefused:
            surroundings.report(.platformRefused(order.event))
            throw try close(order, .notSent, .platformNotConfigured)
        case .tooManyAttempts: throw try close(order, .notSent, .tooManyAttempts)
        case .unreachable: throw try close(order, .notSent, .unreachable)
        case .timedOut: throw try closeUnknown(order, .timedOut)
        case .unusableAnswer: throw try closeUnknown(order, .unusableAnswer)
        }
    }

    private func closeUnknown(
        _ order: StripeExchangeOrder, _ error: PaymentError
    ) throws(PaymentError) -> PaymentError {
        surroundings.report(.outcomeUnknown(order.event, exchange: order.digest))
        return try close(order, .unknown, error)
    }

    /// - Returns: `error`, once the code's end is durable.
    private func close(
        _ order: StripeExchangeOrder, _ state: StripeCode.State, _ error: PaymentError
    ) throws(PaymentError) -> PaymentError {
        try close(order, error) { code, now in code.end(state, now: now) }
    }

    private func close(
        _ order: StripeExchangeOrder, _ error: PaymentError, _ end: (inout StripeCode, Int64) -> Void
    ) throws(PaymentError) -> PaymentError {
        let now = surroundings.clock.milliseconds()
        _ = try record(reading: order.keys) { transaction throws(PaymentError) in
            guard var code = try transaction.stripeCode(order.digest) else { return }
            end(&code, now)
            try transaction.put(code, now: now)
            // An unknown one stays where it is seen; it keeps nobody from trying another code.
            if code.state == .unknown { return }
            var link = try transaction.stripeLink(order.event, isLive: order.settings.isLive)
            var ledger = try transaction.stripeLedger()
            link.exchange = nil
            ledger.close(exchange: order.digest)
            transaction.put(link)
            transaction.put(ledger)
        }
        return error
    }
}
