/// What the Stripe authorization routes refuse for reasons of their own (contracts: Stripe authorization, section 2).
/// Each is one row there; the sentence to answer is the error's `message`.
package enum ConnectionFault: Sendable, Equatable {
    /// The caller is known, but may not do this to this event (C1, G7, H5). 403
    case forbiddenRole
    /// The event takes no Stripe payments (C2). 403
    case stripeDisabled
    /// The platform's own keys are missing, or Stripe does not believe them (C3, F7). 403
    case platformNotConfigured
    /// The event has an authorization (A8). 409, pointer `/data/relationships/event`
    case alreadyExists
    /// Somebody is connecting this event right now, and has been for longer than we wait. 409
    case exchangeInProgress
    /// An admin named an event nobody knows (C4, C5). 404, "Related object not found"
    case eventNotFound
    /// No authorization of that number (E5). 404
    case authorizationNotFound
    /// The event has no authorization, or is not known (E8, E9). 404, parameter `event_id`
    case noAuthorizationOfEvent
    /// No event has that identifier (E10). 404, parameter `event_identifier`
    case unknownIdentifier
    /// Stripe said no, now or when this code was sent before (D1, D2, F6). 422, pointer `/data/stripe_auth_code`
    case stripeRefused
    /// The code connected an account here before; it is not sent again. 422, pointer `/data/stripe_auth_code`
    case codeUsed
    /// What became of this code is not known; it is not sent again. 409
    case outcomeUnknown
    /// Stripe asks for patience (F5). 503
    case tooManyAttempts
    /// The request did not leave this machine (F1). 502
    case unreachable
    /// No answer in time (F2). 504
    case timedOut
    /// An answer that cannot be used (F3, F4, F8, F9). 502
    case unusableAnswer
    /// A live account for a test platform, or the other way round (F10). 422, pointer `/data/stripe_auth_code`
    case modeMismatch
    /// An update that would move the authorization to another event (G10). 403 or 422, pointer
    /// `/data/relationships/event`
    case eventFixed
    /// The browser came back with a state that is unknown, used, too old, or another user's. 403
    case stateInvalid
}

extension PaymentError {
    static func connection(_ fault: ConnectionFault, _ message: String) -> PaymentError {
        PaymentError(.connection(fault), message)
    }

    package static let forbiddenRole = connection(.forbiddenRole, "Minimum Organizer access required")
    static let forbiddenReader = connection(.forbiddenRole, "Minimum Co-organizer access required")
    static let stripeDisabled = connection(.stripeDisabled, "Stripe payment is disabled for this Event")
    static let platformNotConfigured = connection(
        .platformNotConfigured, "Stripe payment isn't configured properly for the Platform")
    static let alreadyExists = connection(
        .alreadyExists, "Stripe Authorization already exists for this event")
    static let exchangeInProgress = connection(
        .exchangeInProgress, "This event is being connected right now. Look again in a minute.")
    static let authorizationNotFound = connection(.authorizationNotFound, "Object Not Found")
    static let codeUsed = connection(.codeUsed, "Authorization code already used")
    static let outcomeUnknown = connection(
        .outcomeUnknown, "It is not known whether Stripe accepted this code. Connect again to get a new one.")
    static let tooManyAttempts = connection(
        .tooManyAttempts, "Too many attempts. Please try again later.")
    static let unreachable = connection(.unreachable, "Stripe could not be reached")
    static let timedOut = connection(
        .timedOut, "Stripe did not answer in time. Connect again to get a new code.")
    static let unusableAnswer = connection(
        .unusableAnswer, "Stripe's answer could not be understood. Connect again to get a new code.")
    static let modeMismatch = connection(
        .modeMismatch, "This Stripe account was connected in another mode (test or live) than the platform's")
    package static let eventFixed = connection(
        .eventFixed, "The event of a Stripe Authorization cannot be changed")
    static let stateInvalid = connection(
        .stateInvalid, "This connection was not started here, or its time is over. Start it again.")

    /// - Parameter text: the id as the request wrote it.
    package static func eventNotFound(_ text: String) -> PaymentError {
        connection(.eventNotFound, "Event.id: \(text) not found")
    }

    static func noAuthorization(of event: EventID) -> PaymentError {
        connection(.noAuthorizationOfEvent, "StripeAuthorization: \(event) not found")
    }

    static func unknownIdentifier(_ identifier: EventIdentifier) -> PaymentError {
        connection(.unknownIdentifier, "Event: \(identifier) not found")
    }
}
