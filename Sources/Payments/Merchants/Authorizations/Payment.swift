/// A merchant's payment: one sale or one hold, and everything that was done with it since. It owns its transitions;
/// nothing else changes its operations.
///
/// ```
/// PREAUTH → CAPTURE → REFUND (several)        AUTH → REFUND (several)
///    └────→ REVERSAL
/// ```
package struct Payment: Sendable {
    package let paymentID: PaymentID
    package let merchant: MerchantID
    package let alias: AliasID
    package let mode: PaymentMode
    package let provider: ProviderType
    /// The document of the Stripe account the payment lives at, whatever the merchant is connected with later.
    package let account: DocumentID?
    package let providerAlias: String
    package let method: PaymentMethod
    package let amount: Money
    package let purpose: PaymentPurpose
    /// The first is the AUTH or PREAUTH. At most `operationLimit`.
    package internal(set) var operations: [PaymentOperation]
    /// When a hold lapses, where the provider says so.
    package internal(set) var expires: Int64?
    /// When the provider said that the payment was cancelled; nothing can be taken after that.
    package internal(set) var cancelled: Int64?
    /// How much was refunded in all, as the provider said last, in minor units.
    package internal(set) var refundedTotal: Int64?
    /// The page of the list of open payments it stands on.
    var page: Int64?
    let unknown: [UnknownMember]

    /// What one document can hold well: it is written whole with each change.
    package static let operationLimit = 200

    init(
        id: PaymentID, merchant: MerchantID, alias: AliasID, mode: PaymentMode, provider: ProviderType,
        account: DocumentID?, providerAlias: String, method: PaymentMethod, amount: Money,
        purpose: PaymentPurpose, operations: [PaymentOperation], unknown: [UnknownMember] = []
    ) {
        paymentID = id
        self.merchant = merchant
        self.alias = alias
        self.mode = mode
        self.provider = provider
        self.account = account
        self.providerAlias = providerAlias
        self.method = method
        self.amount = amount
        self.purpose = purpose
        self.operations = operations
        self.unknown = unknown
    }

    /// The last action that succeeded: what the payment is now. It does not depend on the order in which news came.
    package var present: PaymentAction? {
        let done = Set(operations.filter { $0.state == .succeeded }.map(\.action))
        let rank: [PaymentAction] = [.reversal, .refund, .capture, .authorization, .preauthorization]
        return rank.first { done.contains($0) }
    }

    /// The provider's id of the payment, which everything that follows refers to.
    package var providerID: ProviderTransactionID? { operations.first?.providerID }

    package var hasOpenOperations: Bool { operations.contains(where: \.isOpen) }

    /// What was taken, and can be given back: the amount of the sale or of the capture; nil when nothing was.
    var taken: Money? {
        operations.first { $0.state == .succeeded && ($0.action == .authorization || $0.action == .capture) }?.amount
    }

    /// What was given back, or is being, in minor units; nil when it does not fit.
    var givenBack: Int64? {
        var sum: Int64 = 0
        for operation in operations where operation.action == .refund {
            guard operation.isOpen || operation.state == .succeeded else { continue }
            let (next, overflow) = sum.addingReportingOverflow(operation.amount.minorUnits)
            if overflow { return nil }
            sum = next
        }
        return sum
    }

    /// Names an operation among all of ours.
    func reference(_ number: Int) -> String { "\(paymentID)-\(number)" }

    func result(_ number: Int) -> PaymentResult? {
        guard operations.indices.contains(number) else { return nil }
        let operation = operations[number]
        return PaymentResult(
            payment: paymentID, amount: operation.amount, status: operation.status, action: operation.action,
            additionalInfo: operation.message)
    }
}

/// What a merchant is answered.
package struct PaymentResult: Sendable, Equatable {
    package let payment: PaymentID
    package let amount: Money
    package let status: PaymentStatus
    package let action: PaymentAction
    /// The provider's words, where it gave any.
    package let additionalInfo: String?
}
