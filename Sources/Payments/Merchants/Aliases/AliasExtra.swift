/// What a client states about the customer when it exchanges an alias, read from the wire's `extra`. Most of it only
/// decides whether the registration is complete, and is then forgotten.
package struct AliasExtra: Sendable {
    package var method: PaymentMethod
    package var card: Card?
    package var bankAccount: BankAccount?
    package var payPal: PayPal?
    package var person: Person?

    package init(method: PaymentMethod) {
        self.method = method
    }

    /// `ccConfig`.
    package struct Card: Sendable {
        package var mask: String?
        package var expiry: String?
        package var type: String?
        package var holderName: String?
        /// Whether number, expiry month, expiry year and security code all came, encrypted for the provider.
        package var hasEncryptedFields = false
        package var nonce: String?
        package var deviceData: String?

        package init() {}
    }

    /// `sepaConfig`.
    package struct BankAccount: Sendable {
        package var iban: String?
        package var bic: String?

        package init() {}
    }

    /// `payPalConfig`.
    package struct PayPal: Sendable {
        package var nonce: String?
        package var deviceData: String?

        package init() {}
    }

    /// `personalData`.
    package struct Person: Sendable {
        package var email: String?
        package var firstName: String?
        package var lastName: String?
        package var country: String?

        package init() {}
    }

    /// - Parameter providerAlias: what the provider will know the customer by, where the client gave it.
    /// - Throws: 3023 when the provider needs more for this method; 3024 when it needs the client's provider alias
    ///   (contracts: authorization, section 2).
    func checkComplete(for provider: ProviderType, providerAlias: String?) throws(PaymentError) {
        let isComplete =
            switch (provider, method) {
            case (.bsPayone, .card): hasNames && has(person?.country) && hasCardFacts
            case (.bsPayone, .sepa): hasNames && has(person?.country) && has(bankAccount?.iban)
            case (.adyen, .card): hasNames && card?.hasEncryptedFields == true
            case (.adyen, .sepa): hasNames && has(bankAccount?.iban)
            case (.braintree, .card): has(card?.nonce) && has(card?.deviceData)
            case (.braintree, .payPal): has(payPal?.nonce) && has(payPal?.deviceData) && has(person?.email)
            case (.stripe, .card): true
            case (.bsPayone, .payPal), (.adyen, .payPal), (.braintree, .sepa), (.stripe, .sepa), (.stripe, .payPal):
                false
            }
        guard isComplete else { throw .merchant(.aliasConfigurationMissing) }
        let needsProviderAlias =
            switch (provider, method) {
            case (.bsPayone, .card), (.stripe, _): true
            case (.bsPayone, _), (.adyen, _), (.braintree, _): false
            }
        guard !needsProviderAlias || has(providerAlias) else { throw .merchant(.providerAliasMissing) }
    }

    /// What is kept of it, without card numbers.
    ///
    /// - Parameter redact: takes card numbers out of a text.
    func details(_ redact: (String) -> String) -> AliasDetails {
        var details = AliasDetails(method: method)
        details.cardMask = card?.mask.map { AliasExtra.tail(redact($0)) }
        details.cardExpiry = card?.expiry.map(redact)
        details.cardType = card?.type.map(redact)
        details.accountMask = bankAccount?.iban.map(AliasExtra.tail)
        details.country = person?.country.map(redact)
        return details
    }

    private var hasNames: Bool { has(person?.firstName) && has(person?.lastName) }

    private var hasCardFacts: Bool {
        has(card?.mask) && has(card?.expiry) && has(card?.type) && has(card?.holderName)
    }

    private func has(_ text: String?) -> Bool { text.map { !$0.isEmpty } ?? false }

    private static func tail(_ text: String) -> String { String(text.suffix(4)) }
}
