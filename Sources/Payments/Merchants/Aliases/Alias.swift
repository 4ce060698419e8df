/// A customer's way to pay, as a merchant's client registered it: partial when it is made, complete once the client
/// exchanged it, inactive when it was deleted.
package struct Alias: Sendable {
    package let aliasID: AliasID
    package let merchant: MerchantID
    package let provider: ProviderType
    /// Test money or real money, as it was made.
    package let mode: PaymentMode
    /// How the provider knows the customer, such as `pm_…`.
    package internal(set) var providerAlias: String?
    /// nil while it is partial.
    package internal(set) var details: AliasDetails?
    package internal(set) var isActive: Bool
    package let userAgent: String?
    /// Milliseconds since the Unix epoch.
    package let created: Int64
    let unknown: [UnknownMember]

    package init(
        id: AliasID, merchant: MerchantID, provider: ProviderType, mode: PaymentMode, providerAlias: String? = nil,
        details: AliasDetails? = nil, isActive: Bool = true, userAgent: String? = nil, created: Int64
    ) {
        self.init(
            id: id, merchant: merchant, provider: provider, mode: mode, providerAlias: providerAlias,
            details: details, isActive: isActive, userAgent: userAgent, created: created, unknown: [])
    }

    init(
        id: AliasID, merchant: MerchantID, provider: ProviderType, mode: PaymentMode, providerAlias: String?,
        details: AliasDetails?, isActive: Bool, userAgent: String?, created: Int64, unknown: [UnknownMember]
    ) {
        aliasID = id
        self.merchant = merchant
        self.provider = provider
        self.mode = mode
        self.providerAlias = providerAlias
        self.details = details
        self.isActive = isActive
        self.userAgent = userAgent
        self.created = created
        self.unknown = unknown
    }

    package var state: State {
        guard isActive else { return .inactive }
        return details == nil || providerAlias == nil ? .partial : .complete
    }

    package enum State: String, Sendable {
        case partial, complete, inactive
    }

    /// - Throws: 3006 for another merchant's alias; 3014 for another mode than the one named.
    func check(of merchant: MerchantID, mode: PaymentMode?) throws(PaymentError) {
        guard merchant == self.merchant else { throw .merchant(.foreignAlias) }
        guard mode == nil || mode == self.mode else { throw .merchant(.modeMismatch) }
    }
}

/// What is kept of what the client sent: enough to recognise the card or account, and for the provider's calls; never
/// encrypted card data, one-time numbers, device data, whole account numbers, names, addresses or e-mail.
package struct AliasDetails: Sendable, Equatable {
    package var method: PaymentMethod
    /// At most four characters.
    package var cardMask: String?
    package var cardExpiry: String?
    package var cardType: String?
    /// The last four characters of the IBAN.
    package var accountMask: String?
    /// ISO 3166.
    package var country: String?

    package init(method: PaymentMethod) {
        self.method = method
    }
}
