extension StripeAuthorizations {
    /// What storing an account's credentials leads to.
    private struct Stored {
        var link: LinkedStripe
        /// The account that was used before and now is not; Stripe must be told.
        var orphan: String?
    }

    /// Makes the credentials of a good exchange durable, all of them or none.
    ///
    /// - Throws: `unavailable` when that fails: the code is spent, and its outcome is unknown to everybody but the log.
    func store(
        _ credentials: StripeCredentials, _ order: StripeExchangeOrder
    ) throws(PaymentError) -> Committed<LinkedStripe> {
        let account = surroundings.digest(
            of: StripeAccount.name(credentials.account, isLive: credentials.isLive))
        let keys = order.keys + [DocumentKey(StripeAccount.kind, DocumentID(account))]
        let committed: Committed<Stored>
        do throws(PaymentError) {
            committed = try record(reading: keys) { transaction throws(PaymentError) in
                try self.put(credentials, account, order, &transaction)
            }
        } catch {
            surroundings.report(.notRecorded(order.event, exchange: order.digest))
            throw PaymentError(
                .unavailable, "Stripe accepted the code, but the connection could not be stored. Connect again.")
        }
        if let orphan = committed.result.orphan { endAccess(to: orphan, order.settings) }
        return Committed(result: committed.result.link, sequence: committed.sequence)
    }

    private func put(
        _ credentials: StripeCredentials, _ accountDigest: String, _ order: StripeExchangeOrder,
        _ transaction: inout Transaction
    ) throws(PaymentError) -> Stored {
        let now = surroundings.clock.milliseconds()
        var ledger = try transaction.stripeLedger()
        let previous: StripeAuthorization? =
            if let replaced = order.replaced { try transaction.stripeAuthorization(replaced) } else { nil }
        let number = if let previous { previous.number } else { try ledger.nextAuthorization() }
        let sealed = try seal(credentials, accountDigest, for: number)

        var orphan: String?
        if let previous, previous.state == .present, !previous.account.hasSameBytes(as: accountDigest) {
            orphan = try transaction.releaseStripeAccount(of: previous, ledger: &ledger, now: now)
        }
        var authorization =
            previous
            ?? StripeAuthorization(
                number: number, event: order.event, isLive: order.settings.isLive, state: .present,
                credentials: sealed, connectedBy: order.user,
                history: StripeAuthorization.History(created: now, connected: now))
        authorization.connect(sealed, by: order.user, now: now)
        transaction.put(authorization)

        var account =
            try transaction.stripeAccount(accountDigest)
            ?? StripeAccount(digest: accountDigest, isLive: order.settings.isLive)
        if account.sealedID == nil {
            account.sealedID = try sealing.seal(Array(credentials.account.text.utf8), for: account.place)
        }
        account.add(number)
        ledger.close(deauthorization: accountDigest)
        transaction.put(account)

        try finish(order, with: number, &ledger, &transaction, now: now)
        return Stored(link: linked(authorization, order.settings), orphan: orphan)
    }

    private func finish(
        _ order: StripeExchangeOrder, with number: StripeAuthorizationID, _ ledger: inout StripeLedger,
        _ transaction: inout Transaction, now: Int64
    ) throws(PaymentError) {
        if var code = try transaction.stripeCode(order.digest) {
            code.connect(number, now: now)
            try transaction.put(code, now: now)
        }
        ledger.close(exchange: order.digest)
        transaction.put(ledger)
        var link = try transaction.stripeLink(order.event, isLive: order.settings.isLive)
        link.authorization = number
        link.exchange = nil
        transaction.put(link)
    }

    private func seal(
        _ credentials: StripeCredentials, _ account: String, for number: StripeAuthorizationID
    ) throws(PaymentError) -> StripeAuthorization.Credentials {
        var sealed = StripeAuthorization.Credentials(account: account)
        sealed.scope = credentials.scope
        sealed.publishableKey = credentials.publishableKey.flatMap { $0.isEmpty ? nil : $0 }
        if let token = credentials.accessToken {
            sealed.accessToken = try sealing.seal(token, for: StripeAuthorization.place(number, .accessToken))
        }
        if let token = credentials.refreshToken {
            sealed.refreshToken = try sealing.seal(token, for: StripeAuthorization.place(number, .refreshToken))
        }
        return sealed
    }
}
