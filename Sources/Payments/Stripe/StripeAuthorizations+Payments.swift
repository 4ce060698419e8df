extension StripeAuthorizations {
    /// The account that is connected for an event now, as payments need it, read in their transaction.
    ///
    /// - Parameter event: the event's number or identifier, as an operator wrote it.
    /// - Returns: nil where there is no such event or connection, or not any more.
    /// - Throws: `unavailable` also when the key it is sealed with is not configured.
    package func connectedAccount(
        of event: String, in transaction: inout Transaction
    ) throws(PaymentError) -> ConnectedAccount? {
        let settings = settings()
        guard let known = settings.events.event(EventReference(event)),
            let authorization = try present(known.id, settings, &transaction),
            let account = try transaction.stripeAccount(authorization.account), let id = try accountID(account)
        else { return nil }
        return ConnectedAccount(
            id: id, isLive: authorization.isLive, publishableKey: linked(authorization, settings).publishableKey)
    }
}
