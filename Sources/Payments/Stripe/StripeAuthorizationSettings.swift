/// What the configuration says about connecting Stripe accounts; a reload swaps it whole.
package struct StripeAuthorizationSettings: Sendable {
    package let events: EventDirectory
    /// Which of Stripe's two worlds this service lives in. Records of the other are as if they were not there.
    package let isLive: Bool
    /// nil when the platform's keys are not all configured.
    package let platform: StripePlatform?

    package init(events: EventDirectory, isLive: Bool, platform: StripePlatform?) {
        self.events = events
        self.isLive = isLive
        self.platform = platform
    }
}

/// The platform at Stripe: what may be seen of it, and the way to reach it.
package struct StripePlatform: Sendable {
    /// `ca_…`
    package let clientID: String
    /// Stands in where Stripe gave no publishable key for the account.
    package let publishableKey: String
    let connect: any StripeConnect

    package init(clientID: String, publishableKey: String, connect: any StripeConnect) {
        self.clientID = clientID
        self.publishableKey = publishableKey
        self.connect = connect
    }
}
