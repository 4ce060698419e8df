/// A validated call to make an alias.
package struct CreateAlias: Sendable {
    package var provider: ProviderType
    /// The client's idempotency key.
    package var key: String
    package var mode: PaymentMode
    package var userAgent: String?

    package init(provider: ProviderType, key: String, mode: PaymentMode, userAgent: String? = nil) {
        self.provider = provider
        self.key = key
        self.mode = mode
        self.userAgent = userAgent
    }
}

/// A new alias, and what the client needs to register the customer with the provider.
package struct CreatedAlias: Sendable {
    package let id: AliasID
    package let provider: ProviderType
    package let mode: PaymentMode
    package let settings: [ProviderConfiguration.Setting]
    /// Stripe's publishable key of the connected account.
    package let publishableKey: String?
}

/// A validated call to complete an alias.
package struct AliasExchange: Sendable {
    package var providerAlias: String?
    package var extra: AliasExtra?
    /// nil where the client did not say.
    package var mode: PaymentMode?

    package init(providerAlias: String? = nil, extra: AliasExtra? = nil, mode: PaymentMode? = nil) {
        self.providerAlias = providerAlias
        self.extra = extra
        self.mode = mode
    }
}
