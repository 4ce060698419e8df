/// One call to a provider, as it was recorded before it is made. A repetition or a look-up carries the same values.
package struct ProviderOperation: Sendable {
    package var action: ProviderAction
    package var payment: PaymentID
    /// Names this operation among all of ours: the payment's id, `-`, and the operation's number in the payment.
    /// Providers that keep metadata keep it there, and `lookUp` finds the operation by it.
    package var reference: String
    /// The same on every repetition: derived from merchant, operation and the merchant's own key; printable ASCII, at
    /// most 255 characters.
    package var idempotencyKey: String
    package var amount: Money
    package var purpose: PaymentPurpose
    /// The merchant's customer as the provider knows them, such as `pm_…` or `psp-ok`.
    package var providerAlias: String
    package var method: PaymentMethod
    package var credentials: ProviderCredentials
    package var mode: PaymentMode
    /// The provider's id of the payment that capture, reverse and refund are about; nil for the two that begin one.
    package var original: ProviderTransactionID?
    /// The provider's id of this operation, where an earlier answer gave one; only `lookUp` has it.
    package var result: ProviderTransactionID?
    /// When its intent was recorded, milliseconds since the Unix epoch: where a search by time begins.
    package var started: Int64

    package init(
        action: ProviderAction, payment: PaymentID, reference: String, idempotencyKey: String, amount: Money,
        purpose: PaymentPurpose, providerAlias: String, method: PaymentMethod, credentials: ProviderCredentials,
        mode: PaymentMode, original: ProviderTransactionID?, result: ProviderTransactionID?, started: Int64
    ) {
        self.action = action
        self.payment = payment
        self.reference = reference
        self.idempotencyKey = idempotencyKey
        self.amount = amount
        self.purpose = purpose
        self.providerAlias = providerAlias
        self.method = method
        self.credentials = credentials
        self.mode = mode
        self.original = original
        self.result = result
        self.started = started
    }
}

/// How a provider knows the merchant.
package enum ProviderCredentials: Sendable, Equatable {
    case sandbox
    /// The connected account of the merchant's Stripe authorization; calls use the platform's key.
    case stripe(account: StripeAccountID)
    /// A provider of its own, with the merchant's settings and sealed secrets; the provider opens them when it calls.
    case sealed(merchant: MerchantID, ProviderConfiguration)
}

/// Test money or real money.
package enum PaymentMode: String, Sendable, CaseIterable {
    case test, live
}

/// The provider a merchant's alias belongs to, as it is written on the wire.
package enum ProviderType: String, Sendable, CaseIterable {
    case bsPayone = "BS_PAYONE"
    case braintree = "BRAINTREE"
    case adyen = "ADYEN"
    case stripe = "STRIPE"
}

/// How a customer pays, as it is written on the wire; other methods are not usable.
package enum PaymentMethod: String, Sendable, CaseIterable {
    case card = "CC"
    case sepa = "SEPA"
    case payPal = "PAY_PAL"
}

/// What a payment is for, in the merchant's words; card numbers are redacted already. Each at most 255 characters.
package struct PaymentPurpose: Sendable, Equatable {
    package var reason: String
    package var purchase: String?
    package var customer: String?

    package init(reason: String, purchase: String? = nil, customer: String? = nil) {
        self.reason = reason
        self.purchase = purchase
        self.customer = customer
    }
}
