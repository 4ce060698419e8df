extension StripeAuthorizations {
    /// Disconnects an event: its tokens are dropped, and if no other event uses the account, Stripe is told. Blocks.
    ///
    /// Succeeds also when Stripe cannot be told: that is recorded, reported, and done by `retryDeauthorizations`.
    ///
    /// - Throws: as `read`, and `exchangeInProgress`.
    package func delete(
        _ reference: StripeAuthorizationReference, by user: UserID
    ) throws(PaymentError) -> Committed<Void> {
        let settings = settings()
        let committed = try patiently(reading: [StripeLedger.only]) { transaction throws(PaymentError) in
            let authorization = try self.find(reference, for: user, to: .manage, settings, &transaction)
            return try self.end(authorization, &transaction)
        }
        try repository.waitUntilDurable(committed.sequence)
        if let orphan = committed.result.orphan { endAccess(to: orphan, settings) }
        return Committed(result: (), sequence: committed.sequence)
    }

    private struct Ended {
        /// The account Stripe must be told about.
        var orphan: String?
    }

    /// - Returns: nil while the event is being connected.
    private func end(
        _ authorization: StripeAuthorization, _ transaction: inout Transaction
    ) throws(PaymentError) -> Ended? {
        let now = surroundings.clock.milliseconds()
        var link = try transaction.stripeLink(authorization.event, isLive: authorization.isLive)
        if try isUnderWay(link.exchange, &transaction) { return nil }
        var ledger = try transaction.stripeLedger()
        let orphan = try transaction.releaseStripeAccount(of: authorization, ledger: &ledger, now: now)
        var authorization = authorization
        authorization.end(.deleted, now: now)
        link.authorization = nil
        transaction.put(authorization)
        transaction.put(link)
        transaction.put(ledger)
        return Ended(orphan: orphan)
    }
}
