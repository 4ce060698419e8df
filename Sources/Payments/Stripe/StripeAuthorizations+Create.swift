extension StripeAuthorizations {
    /// Connects an event with the code Stripe gave its organiser. Blocks.
    ///
    /// - Throws: in this order: `eventNotFound` (to admins) or `forbiddenRole`, `stripeDisabled`, `alreadyExists`,
    ///   `platformNotConfigured`; then what is known of the code: `codeUsed`, `stripeRefused`, `modeMismatch`,
    ///   `outcomeUnknown`; then what Stripe makes of it: `stripeRefused`, `modeMismatch`, `platformNotConfigured`,
    ///   `tooManyAttempts`, `unreachable`, `timedOut`, `unusableAnswer`. `exchangeInProgress` when another call connects
    ///   the event for longer than we wait.
    package func create(
        code: String, event: EventID, by user: UserID
    ) throws(PaymentError) -> Committed<LinkedStripe> {
        let settings = settings()
        _ = try payableEvent(event, for: user, settings)
        return try exchange(code, event: event, user: user, replacing: nil, settings)
    }

    /// Replaces the account's credentials by those of a new code; the old ones stay if that fails. Without a code
    /// nothing changes. Blocks when there is a code.
    ///
    /// - Parameter event: where the request wants it to be, if it says so.
    /// - Throws: as `read`; `eventFixed` when `event` is another than the authorization's; with a code, as `create`.
    package func update(
        _ reference: StripeAuthorizationReference, code: String?, event: EventID?, by user: UserID
    ) throws(PaymentError) -> Committed<LinkedStripe> {
        let settings = settings()
        let found = try repository.transaction { transaction throws(PaymentError) in
            try self.find(reference, for: user, to: .manage, settings, &transaction)
        }
        let authorization = found.result
        if let event, event != authorization.event { throw .eventFixed }
        guard let code else {
            return Committed(result: linked(authorization, settings), sequence: found.sequence)
        }
        _ = try payableEvent(authorization.event, for: user, settings)
        return try exchange(
            code, event: authorization.event, user: user, replacing: authorization.number, settings)
    }
}
