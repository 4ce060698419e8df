extension StripeAuthorizations {
    /// Tells Stripe to let go of an account nothing uses any more. May be repeated: "not connected" is done.
    ///
    /// Nothing of the local state depends on its success, so a failure is counted and reported, not thrown.
    ///
    /// A repetition that comes during the first telling waits for its end and finds nothing to do: told late, Stripe would
    /// let go of an account that was connected again meanwhile.
    ///
    /// - Returns: whether Stripe did, or need not.
    @discardableResult
    func endAccess(to digest: String, _ settings: StripeAuthorizationSettings) -> Bool {
        let key = DocumentKey(StripeAccount.kind, DocumentID(digest))
        // Longer than a call takes.
        let isDone = try? deauthorizing.withLock(key, waitingMilliseconds: 60_000) { tell(of: digest, settings) }
        return isDone
            ?? report((try? wantsDeauthorization(digest))?.deauthorization, "another call about it does not end")
    }

    private func tell(of digest: String, _ settings: StripeAuthorizationSettings) -> Bool {
        var waiting: StripeAccount.Deauthorization?
        do throws(PaymentError) {
            guard let account = try wantsDeauthorization(digest) else { return true }
            waiting = account.deauthorization
            guard let platform = settings.platform, account.isLive == settings.isLive else {
                return report(waiting, "the platform's keys for it are not configured")
            }
            guard let id = try accountID(account) else { return report(waiting, "its id is not known any more") }
            switch platform.connect.deauthorize(account: id) {
            case .done:
                try recordDeauthorization(digest)
                return true
            case .failed(let reason):
                try countFailure(digest)
                return report(waiting, reason)
            }
        } catch {
            return report(waiting, error.message)
        }
    }

    /// Tells Stripe about every account it could not be told about before. Blocks.
    ///
    /// - Parameter isWanted: asked before each call, for each may take seconds; from its first no on the rest is left.
    /// - Returns: how many are done now, and how many are left.
    package func retryDeauthorizations(
        while isWanted: () -> Bool = { true }
    ) throws(PaymentError) -> (done: Int, left: Int) {
        let settings = settings()
        let ledger = try repository.transaction { transaction throws(PaymentError) in
            try transaction.stripeLedger()
        }
        try repository.waitUntilDurable(ledger.sequence)
        let waiting = ledger.result.deauthorizations
        let done = waiting.filter { isWanted() && endAccess(to: $0, settings) }.count
        return (done, waiting.count - done)
    }

    /// The account, if nothing uses it and Stripe was not told yet.
    private func wantsDeauthorization(_ digest: String) throws(PaymentError) -> StripeAccount? {
        try repository.transaction { transaction throws(PaymentError) -> StripeAccount? in
            guard let account = try transaction.stripeAccount(digest), account.authorizations.isEmpty,
                account.deauthorization != nil
            else { return nil }
            return account
        }.result
    }

    private func recordDeauthorization(_ digest: String) throws(PaymentError) {
        let now = surroundings.clock.milliseconds()
        let again = try record(reading: [StripeLedger.only]) {
            transaction throws(PaymentError) -> StripeAuthorizationID? in
            guard var account = try transaction.stripeAccount(digest) else { return nil }
            var ledger = try transaction.stripeLedger()
            ledger.close(deauthorization: digest)
            account.deauthorization = nil
            account.deauthorized = now
            // Connected again meanwhile: Stripe's own event tells which of the two came last (`receive`).
            let again = account.authorizations.last
            if again == nil { account.sealedID = nil }
            transaction.put(account)
            transaction.put(ledger)
            return again
        }.result
        if let again { surroundings.report(.connectedWhileDeauthorizing(again)) }
    }

    private func countFailure(_ digest: String) throws(PaymentError) {
        _ = try record(reading: []) { transaction throws(PaymentError) in
            guard var account = try transaction.stripeAccount(digest), var waiting = account.deauthorization else {
                return
            }
            let (failures, overflow) = waiting.failures.addingReportingOverflow(1)
            waiting.failures = overflow ? waiting.failures : failures
            account.deauthorization = waiting
            transaction.put(account)
        }
    }

    /// - Returns: false.
    private func report(_ waiting: StripeAccount.Deauthorization?, _ reason: String) -> Bool {
        if let waiting {
            surroundings.report(.deauthorizationPending(waiting.authorization, reason: reason))
        }
        return false
    }
}
