/// A validated call that begins a payment.
package struct ChargeCommand: Sendable {
    package var kind: Kind
    /// The merchant's idempotency key, 10 to 40 characters.
    package var key: String
    package var alias: AliasID
    package var amount: Money
    /// As the merchant wrote it; card numbers are taken out by the service. Each text at most 255 characters.
    package var purpose: PaymentPurpose
    package var mode: PaymentMode

    package enum Kind: Sendable {
        /// Takes the money at once.
        case authorization
        /// Holds it.
        case preauthorization
    }

    package init(
        kind: Kind, key: String, alias: AliasID, amount: Money, purpose: PaymentPurpose, mode: PaymentMode
    ) {
        self.kind = kind
        self.key = key
        self.alias = alias
        self.amount = amount
        self.purpose = purpose
        self.mode = mode
    }

    var action: PaymentAction {
        switch kind {
        case .authorization: .authorization
        case .preauthorization: .preauthorization
        }
    }
}

/// A validated call that gives money back.
package struct RefundCommand: Sendable {
    package var payment: PaymentID
    package var key: String
    package var amount: Money
    package var reason: String
    /// nil where the merchant did not say; the payment's own mode counts.
    package var mode: PaymentMode?

    package init(payment: PaymentID, key: String, amount: Money, reason: String, mode: PaymentMode?) {
        self.payment = payment
        self.key = key
        self.amount = amount
        self.reason = reason
        self.mode = mode
    }
}

/// A validated call that ends a hold: idempotent by the payment's state, so it takes no key.
package struct HoldCommand: Sendable {
    package var payment: PaymentID
    package var end: End
    package var mode: PaymentMode

    package enum End: Sendable {
        /// Takes all of it.
        case capture
        /// Lets go of it, for that reason.
        case reversal(reason: String)
    }

    package init(payment: PaymentID, end: End, mode: PaymentMode) {
        self.payment = payment
        self.end = end
        self.mode = mode
    }

    var action: PaymentAction {
        switch end {
        case .capture: .capture
        case .reversal: .reversal
        }
    }
}
