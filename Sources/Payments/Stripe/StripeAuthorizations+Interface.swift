// The bodies follow; this file only lets others build.

extension StripeAuthorizations {
    /// Connects an event with the code Stripe gave its organiser. Blocks.
    ///
    /// Refuses, in this order: `eventNotFound` (to admins) or `forbiddenRole`, `stripeDisabled`, `alreadyExists`,
    /// `platformNotConfigured`, then what is known of the code (`codeUsed`, `stripeRefused`, `modeMismatch`,
    /// `outcomeUnknown`), then what Stripe makes of it.
    package func create(
        code: String, event: EventID, by user: UserID
    ) throws(PaymentError) -> Committed<LinkedStripe> { throw PaymentError(.unavailable, "not yet") }

    /// For a user who may read it. Throws `authorizationNotFound`, `noAuthorizationOfEvent`, `unknownIdentifier`,
    /// `forbiddenRole`.
    package func read(
        _ reference: StripeAuthorizationReference, by user: UserID
    ) throws(PaymentError) -> Committed<LinkedStripe> { throw PaymentError(.unavailable, "not yet") }

    /// What anybody may see of an event's authorization; nil when it has none.
    package func link(of event: EventID) throws(PaymentError) -> Committed<LinkedStripe?> {
        throw PaymentError(.unavailable, "not yet")
    }

    /// The account to charge for an event (`Stripe-Account`); nil when it has none.
    package func account(of event: EventID) throws(PaymentError) -> Committed<StripeAccountID?> {
        throw PaymentError(.unavailable, "not yet")
    }

    /// Replaces the account's credentials by those of a new code; the old ones stay if that fails. Without a code
    /// nothing changes. Blocks when there is a code. Throws as `read` and `create`, and `eventFixed` when `event` is
    /// given and is not the authorization's.
    package func update(
        _ reference: StripeAuthorizationReference, code: String?, event: EventID?, by user: UserID
    ) throws(PaymentError) -> Committed<LinkedStripe> { throw PaymentError(.unavailable, "not yet") }

    /// Disconnects an event: its credentials are dropped, and if no other event uses the account, Stripe is told.
    /// Blocks. Succeeds also when Stripe cannot be reached. Throws as `read`, and `exchangeInProgress`.
    package func delete(
        _ reference: StripeAuthorizationReference, by user: UserID
    ) throws(PaymentError) -> Committed<Void> { throw PaymentError(.unavailable, "not yet") }

    /// Begins a connection in the browser. Refuses as `create`, and `unknownIdentifier`.
    package func connect(
        _ event: EventReference, by user: UserID
    ) throws(PaymentError) -> Committed<StripeConnectStart> { throw PaymentError(.unavailable, "not yet") }

    /// Ends it: consumes the state, then exchanges the code. Blocks.
    ///
    /// - Parameter user: who is logged in, where the browser tells; must then be who began it.
    /// - Throws: `stateInvalid`; all that goes wrong after the state was good is part of the result.
    package func callback(
        state: String, by user: UserID?, answer: StripeCallbackAnswer
    ) throws(PaymentError) -> Committed<StripeCallbackResult> { throw PaymentError(.unavailable, "not yet") }

    /// Applies a verified webhook event, once. `account.application.deauthorized` drops every authorization of the
    /// account. Throws `invalid` for an unusable id.
    package func receive(
        _ event: StripeWebhookEvent
    ) throws(PaymentError) -> Committed<StripeWebhookResult> { throw PaymentError(.unavailable, "not yet") }
}
