/// An event's Stripe authorization as anybody may see it: nothing in it is secret.
package struct LinkedStripe: Sendable, Equatable {
    package let id: StripeAuthorizationID
    package let event: EventID
    /// The account's, or the platform's where Stripe gave none; nil when there is neither.
    package let publishableKey: String?

    package init(id: StripeAuthorizationID, event: EventID, publishableKey: String?) {
        self.id = id
        self.event = event
        self.publishableKey = publishableKey
    }
}

/// How a request names an authorization: by its own number, or by its event.
package enum StripeAuthorizationReference: Sendable, Equatable {
    case id(StripeAuthorizationID)
    case event(EventReference)
}

/// The beginning of a connection in the browser.
package struct StripeConnectStart: Sendable {
    package let event: EventID
    /// For the redirect, once. Only its hash is stored.
    package let state: String
    /// The platform's `ca_…`.
    package let clientID: String
}

/// What Stripe sent the browser back with.
package enum StripeCallbackAnswer: Sendable {
    case code(String)
    /// Stripe's `error_description`, or its `error`.
    case denied(String)
}

/// What the organiser is shown after the browser came back with a good state.
package struct StripeCallbackResult: Sendable {
    /// Whose page leads back.
    package let event: EventID
    package let outcome: Outcome

    package enum Outcome: Sendable {
        case connected(LinkedStripe)
        case denied(String)
        /// The exchange was refused or failed, as for `create`.
        case failed(PaymentError)
    }
}

/// A verified event of Stripe's, as far as authorizations are concerned.
package struct StripeWebhookEvent: Sendable {
    /// `evt_…`
    package var id: String
    package var type: String
    package var account: StripeAccountID?
    package var isLive: Bool
    /// When it happened, seconds since the Unix epoch.
    package var created: Int64?

    package init(id: String, type: String, account: StripeAccountID?, isLive: Bool, created: Int64?) {
        self.id = id
        self.type = type
        self.account = account
        self.isLive = isLive
        self.created = created
    }
}

/// What became of a webhook event. Each is a success for Stripe.
package enum StripeWebhookResult: Sendable, Equatable {
    /// That many authorizations were dropped.
    case applied(dropped: Int)
    /// A payment was told of it.
    case noted
    /// It was applied before.
    case repeated
    /// Of a type, or about an account, that changes nothing here.
    case ignored
}
