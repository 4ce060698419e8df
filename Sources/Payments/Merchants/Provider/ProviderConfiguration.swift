/// How one merchant uses one provider; a merchant has at most one per type.
package struct ProviderConfiguration: Sendable, Equatable {
    package let type: ProviderType
    package var access: Access
    /// What the client library may know, such as `merchantId` or `portalId`: no secrets.
    package var settings: [Setting]

    package enum Access: Sendable, Equatable {
        /// The built-in provider, in test mode only.
        case sandbox
        /// The Stripe authorization of this event; the account is looked up when it is needed.
        case stripe(event: EventID)
        /// Secrets by name, each sealed for `ProviderConfiguration.place(…)`.
        case sealed([Secret])
    }

    package struct Setting: Sendable, Equatable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package struct Secret: Sendable, Equatable {
        package var name: String
        package var value: SealedSecret

        package init(name: String, value: SealedSecret) {
            self.name = name
            self.value = value
        }
    }

    package init(type: ProviderType, access: Access, settings: [Setting] = []) {
        self.type = type
        self.access = access
        self.settings = settings
    }

    /// Where a secret is sealed for; it opens nowhere else.
    package static func place(_ merchant: MerchantID, _ type: ProviderType, _ name: String) -> String {
        "merchant:\(merchant):\(type.rawValue):\(name)"
    }
}
