/// What the merchants' routes refuse for reasons of their own; each has a number on the wire
/// (contracts: authorization, section 4).
package enum MerchantFault: Sendable, Equatable {
    /// No active publishable key of that value.
    case unknownPublishableKey
    /// No active secret key of that value, as the deletion of an alias says it.
    case unknownSecretKeyForAlias
    /// The merchant uses no provider at all; alias routes only.
    case noProviderConfiguration
    /// The merchant does not use that provider, or its access was revoked.
    case providerConfigurationMissing
    /// Nobody implements that provider in that mode.
    case providerMissing
    case aliasNotFound
    /// Somebody else's alias, or somebody else's payment.
    case foreignAlias
    case aliasIncomplete
    case merchantNotFound
    /// No active secret key of that value.
    case unknownSecretKey
    case merchantExists
    case transactionNotFound
    case modeMismatch
    case operationNotAllowed
    case sepaNotAllowed
    case refundTooLarge
    /// The idempotency key was used for another request.
    case idempotencyViolation
    case aliasConfigurationMissing
    case providerAliasMissing
    /// The provider refused the request itself, with this sentence; nothing happened.
    case providerFailed(String)

    /// The number on the wire, four digits.
    package var number: StaticString {
        switch self {
        case .unknownPublishableKey: "3000"
        case .unknownSecretKeyForAlias: "3001"
        case .noProviderConfiguration: "3002"
        case .providerConfigurationMissing: "3003"
        case .providerMissing: "3004"
        case .aliasNotFound: "3005"
        case .foreignAlias: "3006"
        case .aliasIncomplete: "3007"
        case .merchantNotFound: "3008"
        case .unknownSecretKey: "3010"
        case .merchantExists: "3011"
        case .transactionNotFound: "3012"
        case .modeMismatch: "3014"
        case .operationNotAllowed: "3016"
        case .sepaNotAllowed: "3017"
        case .refundTooLarge: "3018"
        case .idempotencyViolation: "3021"
        case .aliasConfigurationMissing: "3023"
        case .providerAliasMissing: "3024"
        case .providerFailed: "4000"
        }
    }

    /// The sentence clients know the number by, word for word.
    package var text: StaticString {
        switch self {
        case .unknownPublishableKey: "Publishable Key cannot be found."
        case .unknownSecretKeyForAlias: "Secret Key cannot be found."
        case .noProviderConfiguration: "There are no PSP configurations defined for given merchant."
        case .providerConfigurationMissing:
            "PSP configuration for given `PSP-Type` cannot be found from given merchant."
        case .providerMissing: "PSP implementation for the given `PSP-Type` cannot be found."
        case .aliasNotFound: "Alias ID cannot be found."
        case .foreignAlias: "Alias does not map to correct merchant."
        case .aliasIncomplete:
            "Given alias is incomplete, please define a payment configuration on related alias."
        case .merchantNotFound: "Given merchant id cannot be found."
        case .unknownSecretKey: "Given merchant API key id cannot be found."
        case .merchantExists: "Merchant with given id already exists."
        case .transactionNotFound: "Given transaction id cannot be found."
        case .modeMismatch:
            "`PSP-Test-Mode` for this transaction is different than the mode for previous transaction."
        case .operationNotAllowed: "Transaction operation is not allowed."
        case .sepaNotAllowed: "SEPA is not supported for this operation."
        case .refundTooLarge: "Total refund amount is greater than the original payment's amount."
        case .idempotencyViolation:
            "Keys for idempotent requests can only be used with the same parameters they were first used with."
        case .aliasConfigurationMissing:
            "Required configurations for specified payment method are not complete"
        case .providerAliasMissing: "PSP alias is required for this PSP"
        case .providerFailed: "Unexpected PSP operation error."
        }
    }
}

extension PaymentError {
    /// - Parameter message: where the contract replaces the number's own sentence.
    package static func merchant(_ fault: MerchantFault, _ message: String? = nil) -> PaymentError {
        PaymentError(.merchant(fault), message ?? "\(fault.text)")
    }
}
