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
        try get(StripeCode.self, DocumentID(digest))
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
