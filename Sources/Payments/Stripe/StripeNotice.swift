/// Something an operator should know about the connections to Stripe. Holds no code, token, key or account id.
package enum StripeNotice: Sendable, Equatable {
    /// An organiser wants to connect, and the platform's keys are not configured.
    case platformMissing(EventID)
    /// Stripe does not believe the platform's own key.
    case platformRefused(EventID)
    /// An account came back in the other mode; nothing was stored.
    case modeMismatch(EventID, isLive: Bool)
    /// A code may have been spent. `exchange` is what the operator's commands call it by.
    case outcomeUnknown(EventID, exchange: String)
    /// Stripe connected an account and the result could not be stored: its outcome is unknown from now on.
    case notRecorded(EventID, exchange: String)
    /// The local record is gone, and Stripe still has the platform connected; the call will be repeated when told to.
    case deauthorizationPending(StripeAuthorizationID, reason: String)
    /// The account was connected again while its access was being ended: it may have to be connected once more.
    case connectedWhileDeauthorizing(StripeAuthorizationID)
    /// An account's owner ended the platform's access at Stripe.
    case disconnected(EventID, StripeAuthorizationID)

    /// One sentence for the log.
    package var text: String {
        switch self {
        case .platformMissing(let event):
            "Stripe is incorrectly configured: no platform keys; event \(event) cannot be connected"
        case .platformRefused(let event):
            "Stripe is incorrectly configured: it refuses the platform's key; event \(event) was not connected"
        case .modeMismatch(let event, let isLive):
            "Stripe connected a \(isLive ? "live" : "test") account, which is not the configured mode; "
                + "event \(event) was not connected"
        case .outcomeUnknown(let event, let exchange):
            "it is unknown whether Stripe connected event \(event); exchange \(exchange)"
        case .notRecorded(let event, let exchange):
            "Stripe connected event \(event), but the result could not be stored; exchange \(exchange)"
        case .deauthorizationPending(let authorization, let reason):
            "authorization \(authorization) is deleted, but its account is still connected at Stripe: \(reason)"
        case .connectedWhileDeauthorizing(let authorization):
            "the account of authorization \(authorization) was connected again while its access was being ended"
        case .disconnected(let event, let authorization):
            "the owner of the account ended authorization \(authorization) of event \(event) at Stripe"
        }
    }

    /// Whether somebody has to do something about it.
    package var needsAttention: Bool {
        switch self {
        case .disconnected: false
        case .platformMissing, .platformRefused, .modeMismatch, .outcomeUnknown, .notRecorded,
            .deauthorizationPending, .connectedWhileDeauthorizing:
            true
        }
    }
}
