extension StripeAuthorizations {
    /// For a user who may read it: owner, organizers, co-organizers, admins.
    ///
    /// - Throws: `authorizationNotFound`, `noAuthorizationOfEvent`, `unknownIdentifier`, `forbiddenRole`.
    package func read(
        _ reference: StripeAuthorizationReference, by user: UserID
    ) throws(PaymentError) -> Committed<LinkedStripe> {
        let settings = settings()
        return try repository.transaction { transaction throws(PaymentError) in
            self.linked(
                try self.find(reference, for: user, to: .read, settings, &transaction), settings)
        }
    }

    /// What anybody may see of an event's authorization; nil when it has none. `is-stripe-linked` is whether there is
    /// one.
    package func link(of event: EventID) throws(PaymentError) -> Committed<LinkedStripe?> {
        let settings = settings()
        return try repository.transaction { transaction throws(PaymentError) in
            try self.present(event, settings, &transaction).map { self.linked($0, settings) }
        }
    }

    /// The account to charge for an event (`Stripe-Account`); nil when it has none.
    ///
    /// - Throws: `unavailable` also when the key it is sealed with is not configured.
    package func account(of event: EventID) throws(PaymentError) -> Committed<StripeAccountID?> {
        let settings = settings()
        let found = try repository.transaction { transaction throws(PaymentError) in
            try self.present(event, settings, &transaction).flatMap { authorization throws(PaymentError) in
                try transaction.stripeAccount(authorization.account)
            }
        }
        return Committed(result: try found.result.flatMap(accountID), sequence: found.sequence)
    }

    /// An account's `acct_…`; nil once it was dropped.
    package func accountID(_ account: StripeAccount) throws(PaymentError) -> StripeAccountID? {
        guard let sealed = account.sealedID else { return nil }
        return StripeAccountID(String(decoding: try sealing.open(sealed, for: account.place), as: UTF8.self))
    }
}
