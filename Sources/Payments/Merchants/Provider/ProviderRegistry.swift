/// Which providers there are, and how a merchant reaches one.
package struct ProviderRegistry: Sendable {
    let sandbox: any PaymentProvider
    let stripe: (any PaymentProvider)?
    let stripeAccounts: any StripeAccounts
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
        sandbox: any PaymentProvider, stripe: (any PaymentProvider)?, stripeAccounts: any StripeAccounts,
        others: [Other]
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
            let account = try connected(event, type, mode, in: &transaction)
            return ProviderAccess(
                provider: stripe, credentials: .stripe(account: account.id), settings: configuration.settings,
                account: account.digest, publishableKey: account.publishableKey)
        case .sealed:
            guard let other = others.first(where: { $0.type == type }) else { throw ProviderRegistry.missing(type) }
            return ProviderAccess(
                provider: other.provider, credentials: .sealed(merchant: merchant.merchantID, configuration),
                settings: configuration.settings)
        }
    }

    /// - Throws: 3014 when only the other mode is connected; 3003 when none is.
    private func connected(
        _ event: EventID, _ type: ProviderType, _ mode: PaymentMode, in transaction: inout Transaction
    ) throws(PaymentError) -> ConnectedAccount {
        let isLive = mode == .live
        if let account = try stripeAccounts.connected(event, isLive: isLive, in: &transaction) { return account }
        guard try stripeAccounts.connected(event, isLive: !isLive, in: &transaction) == nil else {
            throw .merchant(.modeMismatch)
        }
        throw ProviderRegistry.notConfigured(type)
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
    /// Where the account is stored, for Stripe.
    var account: DocumentID?
    var publishableKey: String?
}
