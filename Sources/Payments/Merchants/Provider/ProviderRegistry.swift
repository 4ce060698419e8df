/// Which providers there are, and how a merchant reaches one.
package struct ProviderRegistry: Sendable {
    let sandbox: any PaymentProvider
    let stripe: (any PaymentProvider)?
    let stripeAccounts: StripeAccounts
    /// Providers of their own, each under one name.
    let others: [Other]

    package struct Other: Sendable {
        package let type: ProviderType
        package let provider: any PaymentProvider

        package init(type: ProviderType, provider: any PaymentProvider) {
            self.type = type
            self.provider = provider
        }
    }

    package init(
        sandbox: any PaymentProvider, stripe: (any PaymentProvider)?, stripeAccounts: StripeAccounts, others: [Other]
    ) {
        self.sandbox = sandbox
        self.stripe = stripe
        self.stripeAccounts = stripeAccounts
        self.others = others
    }

    /// How a merchant reaches a provider now.
    ///
    /// - Throws: 3004 when nobody implements it in that mode; 3017 for `refusesSEPA`; 3003 when the merchant does not
    ///   use it or its access was revoked; 3014 when the access is for the other mode.
    func access(
        _ type: ProviderType, of merchant: Merchant, mode: PaymentMode, refusesSEPA: Bool = false,
        in transaction: inout Transaction
    ) throws(PaymentError) -> ProviderAccess {
        guard isKnown(type, mode) else { throw ProviderRegistry.missing(type) }
        guard !refusesSEPA else { throw .merchant(.sepaNotAllowed) }
        guard let configuration = merchant.provider(type) else { throw ProviderRegistry.notConfigured(type) }
        guard mode == .test || merchant.allowsLive else { throw .merchant(.modeMismatch) }
        switch configuration.access {
        case .sandbox:
            guard mode == .test else { throw ProviderRegistry.missing(type) }
            return ProviderAccess(provider: sandbox, credentials: .sandbox, settings: configuration.settings)
        case .stripe(let event):
            guard let stripe else { throw ProviderRegistry.missing(type) }
            guard let account = try stripeAccounts.connected(event, &transaction) else {
                throw ProviderRegistry.notConfigured(type)
            }
            guard account.isLive == (mode == .live) else { throw .merchant(.modeMismatch) }
            return ProviderAccess(
                provider: stripe, credentials: .stripe(account: account.id), settings: configuration.settings,
                publishableKey: account.publishableKey)
        case .sealed:
            guard let other = others.first(where: { $0.type == type }) else { throw ProviderRegistry.missing(type) }
            return ProviderAccess(
                provider: other.provider, credentials: .sealed(merchant: merchant.merchantID, configuration),
                settings: configuration.settings)
        }
    }

    /// The sandbox stands under every name, in test mode only.
    private func isKnown(_ type: ProviderType, _ mode: PaymentMode) -> Bool {
        if mode == .test || others.contains(where: { $0.type == type }) { return true }
        return type == .stripe && stripe != nil
    }

    private static func missing(_ type: ProviderType) -> PaymentError {
        .merchant(.providerMissing, "PSP implementation '\(type.rawValue)' cannot be found")
    }

    static func notConfigured(_ type: ProviderType) -> PaymentError {
        .merchant(
            .providerConfigurationMissing,
            "PSP configuration for '\(type.rawValue)' cannot be found from used merchant")
    }
}

/// How a merchant reaches a provider.
struct ProviderAccess: Sendable {
    let provider: any PaymentProvider
    let credentials: ProviderCredentials
    let settings: [ProviderConfiguration.Setting]
    var publishableKey: String?
}

/// Finds the account a merchant's Stripe authorization connected; the authorizations are somebody else's documents.
package struct StripeAccounts: Sendable {
    /// The account connected for that event; nil where there is none, or not any more.
    package let connected:
        @Sendable (_ event: String, _ transaction: inout Transaction) throws(PaymentError) -> ConnectedAccount?

    package init(
        connected:
            @escaping @Sendable (_ event: String, _ transaction: inout Transaction) throws(PaymentError)
            -> ConnectedAccount?
    ) {
        self.connected = connected
    }
}

/// A connected account as payments need it.
package struct ConnectedAccount: Sendable {
    package let id: StripeAccountID
    package let isLive: Bool
    package let publishableKey: String?

    package init(id: StripeAccountID, isLive: Bool, publishableKey: String?) {
        self.id = id
        self.isLive = isLive
        self.publishableKey = publishableKey
    }
}
