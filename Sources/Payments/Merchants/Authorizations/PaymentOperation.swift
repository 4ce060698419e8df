/// What a payment's row says happened, as it is written on the wire.
package enum PaymentAction: String, Sendable, CaseIterable {
    case authorization = "AUTH"
    case preauthorization = "PREAUTH"
    case capture = "CAPTURE"
    case reversal = "REVERSAL"
    case refund = "REFUND"
    case chargeback = "CHARGEBACK"
    case chargebackReversed = "CHARGEBACK_REVERSED"

    /// What a provider is asked for it; nil for what only providers begin.
    var provider: ProviderAction? {
        switch self {
        case .authorization: .authorize
        case .preauthorization: .preauthorize
        case .capture: .capture
        case .reversal: .reverse
        case .refund: .refund
        case .chargeback, .chargebackReversed: nil
        }
    }
}

/// What the wire says of an operation.
package enum PaymentStatus: String, Sendable {
    case success = "SUCCESS"
    case fail = "FAIL"
    case pending = "PENDING"
}

/// One thing that was done, or tried, with a payment's money.
package struct PaymentOperation: Sendable {
    package let action: PaymentAction
    package internal(set) var state: State
    package let amount: Money
    /// The merchant's words, where the call carries any.
    package let reason: String?
    /// The provider's id: of the payment, or of the refund or dispute.
    package internal(set) var providerID: ProviderTransactionID?
    /// The provider's words for the merchant: `additionalInfo`.
    package internal(set) var message: String?
    /// What every call to the provider about it carries; nil for what the provider began.
    package let idempotencyKey: String?
    /// The merchant's idempotency record; nil where the call takes no key.
    package let record: DocumentID?
    /// Milliseconds since the Unix epoch.
    package internal(set) var started: Int64
    package internal(set) var settled: Int64?
    package internal(set) var source: Source
    let unknown: [UnknownMember]

    /// ```
    /// calling → succeeded | failed | pending | unknown | refused
    /// pending, unknown → succeeded | failed
    /// ```
    package enum State: String, Sendable {
        /// The intent is recorded, and no answer is. After a crash nobody knows whether the provider was called.
        case calling
        /// The provider accepted it and will settle it.
        case pending
        /// The provider may have done it.
        case unknown
        case succeeded
        case failed
        /// The provider refused the request itself: nothing happened, and its idempotency key may be used again.
        case refused
    }

    /// Who said what the state is.
    package enum Source: String, Sendable {
        case answer, lookUp = "look-up", notification, `operator`
    }

    init(
        action: PaymentAction, state: State = .calling, amount: Money, reason: String?,
        providerID: ProviderTransactionID? = nil, message: String? = nil, idempotencyKey: String?, record: DocumentID?,
        started: Int64, settled: Int64? = nil, source: Source = .answer, unknown: [UnknownMember] = []
    ) {
        self.action = action
        self.state = state
        self.amount = amount
        self.reason = reason
        self.providerID = providerID
        self.message = message
        self.idempotencyKey = idempotencyKey
        self.record = record
        self.started = started
        self.settled = settled
        self.source = source
        self.unknown = unknown
    }

    package var status: PaymentStatus {
        switch state {
        case .calling, .pending, .unknown: .pending
        case .succeeded: .success
        case .failed, .refused: .fail
        }
    }

    /// Whether somebody has to find out what became of it.
    package var isOpen: Bool { status == .pending }
}
