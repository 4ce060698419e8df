/// A payment service provider, as the domain calls it: one file per provider conforms to it.
///
/// Every method blocks until the provider answered or its time was up, and is called outside of transactions, after the
/// intent is durable. An implementation has its own time-outs, well under the 30 seconds a parallel request waits. It
/// may repeat a call, but only with the same idempotency key and the same parameters. Sentences it gives back are
/// short, printable and free of secrets: merchants read them.
package protocol PaymentProvider: Sendable {
    /// Takes the money at once (AUTH).
    func authorize(_ operation: ProviderOperation) -> ProviderOutcome
    /// Holds the money (PREAUTH).
    func preauthorize(_ operation: ProviderOperation) -> ProviderOutcome
    /// Takes all of what `operation.original` holds.
    func capture(_ operation: ProviderOperation) -> ProviderOutcome
    /// Lets go of what `operation.original` holds.
    func reverse(_ operation: ProviderOperation) -> ProviderOutcome
    /// Gives back `operation.amount` of what was taken by `operation.original`.
    func refund(_ operation: ProviderOperation) -> ProviderOutcome
    /// What became of an operation that was handed over before, or may have been: by `operation.result` where it is
    /// known, else by its reference. Moves no money, and starts nothing that was not started.
    func lookUp(_ operation: ProviderOperation) -> ProviderFinding
}

extension PaymentProvider {
    /// Calls the method of the operation's action.
    func perform(_ operation: ProviderOperation) -> ProviderOutcome {
        switch operation.action {
        case .authorize: authorize(operation)
        case .preauthorize: preauthorize(operation)
        case .capture: capture(operation)
        case .reverse: reverse(operation)
        case .refund: refund(operation)
        }
    }
}

/// What a provider can be asked to do. The raw value is how it is stored and shown to operators.
package enum ProviderAction: String, Sendable, CaseIterable {
    case authorize, preauthorize, capture, reverse, refund
}

/// What a provider answered.
package enum ProviderOutcome: Sendable, Equatable {
    case approved(ProviderApproval)
    /// The customer's bank or the provider said no (FAIL, with HTTP 201). The sentence becomes `additionalInfo`.
    case declined(String, id: ProviderTransactionID?)
    /// It was accepted and will be settled later, by a notification or by `lookUp`.
    case pending(ProviderTransactionID?)
    /// The request itself was refused, and certainly nothing happened (code 4000, with this sentence).
    case failed(String)
    /// The merchant's credentials are not accepted any more, and certainly nothing happened (code 3003).
    case connectionLost
    /// What was to be captured is not held any more: it lapsed, or was let go of there (code 3016).
    case lapsed
    /// It may have happened: no answer in time, a broken connection, or an answer that says nothing.
    case unknown
}

/// An operation the provider made.
package struct ProviderApproval: Sendable, Equatable {
    /// The provider's id of it: of the payment for authorize, preauthorize, capture and reverse; of the refund for
    /// refund.
    package var id: ProviderTransactionID
    /// When a hold lapses, milliseconds since the Unix epoch, where the provider says so.
    package var expires: Int64?

    package init(id: ProviderTransactionID, expires: Int64? = nil) {
        self.id = id
        self.expires = expires
    }
}

/// What `lookUp` found.
package enum ProviderFinding: Sendable, Equatable {
    case approved(ProviderApproval)
    case declined(String, id: ProviderTransactionID?)
    case pending(ProviderTransactionID?)
    /// What was to be captured is not held any more.
    case lapsed
    /// The provider knows nothing of it, and never will: it did not happen (FAIL).
    case absent
    /// It cannot be told now. The state stays as it is, and the question is asked again later.
    case unknown
}

package enum ProviderTransactionOwner: Sendable {}
/// A provider's id of a payment or a refund, such as `pi_…` or `re_…`.
package typealias ProviderTransactionID = ID<ProviderTransactionOwner>
