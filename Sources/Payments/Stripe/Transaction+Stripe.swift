extension Transaction {
    /// An event's place, empty where it never had one.
    mutating func stripeLink(_ event: EventID, isLive: Bool) throws(PaymentError) -> StripeEventLink {
        try get(StripeEventLink.self, StripeEventLink.key(event, isLive: isLive))
            ?? StripeEventLink(event: event, isLive: isLive)
    }

    mutating func stripeLedger() throws(PaymentError) -> StripeLedger {
        try get(StripeLedger.self, StripeLedger.only) ?? StripeLedger()
    }

    mutating func stripeAuthorization(
        _ number: StripeAuthorizationID
    ) throws(PaymentError) -> StripeAuthorization? {
        try get(StripeAuthorization.self, StripeAuthorization.documentID(number))
    }

    mutating func stripeAccount(_ digest: String) throws(PaymentError) -> StripeAccount? {
        try get(StripeAccount.self, DocumentID(digest))
    }

    mutating func stripeCode(_ digest: String) throws(PaymentError) -> StripeCode? {
        try shelved(StripeCode.self, digest)
    }

    /// Stores what is known of a code, and lets go of codes beside it that are over.
    mutating func put(_ code: StripeCode, now: Int64) throws(PaymentError) {
        try shelve(code) { other, transaction in
            other.isOver(at: now) && !transaction.isAccountInUse(of: other)
        }
    }

    /// Stores a state of the browser, and lets go of those beside it that are over.
    mutating func shelve(_ state: StripeConnectState, now: Int64) throws(PaymentError) {
        try shelve(state) { other, _ in other.isOver(at: now) }
    }

    /// Stores that a webhook event was applied, and lets go of those beside it that are over.
    mutating func shelve(_ record: StripeWebhookRecord) throws(PaymentError) {
        try shelve(record) { other, _ in other.isOver(at: record.received) }
    }

    /// Whether a code led to an account that some event still uses: Stripe would end its connection if that code came
    /// again, and nobody says until when.
    private mutating func isAccountInUse(of code: StripeCode) -> Bool {
        do throws(PaymentError) {
            guard let number = code.authorization, let authorization = try stripeAuthorization(number),
                let account = try stripeAccount(authorization.account)
            else { return false }
            return !account.authorizations.isEmpty
        } catch {
            // What cannot be read may be in use.
            return true
        }
    }

    /// Takes an authorization out of its account's list.
    ///
    /// - Returns: the account's digest when nothing uses it any more: Stripe must be told, and until it was, `ledger`
    ///   lists the account.
    mutating func releaseStripeAccount(
        of authorization: StripeAuthorization, ledger: inout StripeLedger, now: Int64
    ) throws(PaymentError) -> String? {
        guard var account = try stripeAccount(authorization.account) else { return nil }
        account.remove(authorization.number)
        let isOrphan = account.authorizations.isEmpty
        if isOrphan {
            account.deauthorization = StripeAccount.Deauthorization(
                authorization: authorization.number, event: authorization.event, since: now, failures: 0)
            ledger.open(deauthorization: account.digest)
        }
        put(account)
        return isOrphan ? account.digest : nil
    }
}
