/// One connection of an event to a Stripe account, present or ended. Its account's id is in `StripeAccount`.
///
/// ```
/// present → deleted (by an organiser) | disconnected (by the account's owner, at Stripe)
/// ```
/// A replacement that was under way when the account's owner disconnected makes it present again.
package struct StripeAuthorization: Sendable {
    /// Given by us, from 1.
    package let number: StripeAuthorizationID
    package let event: EventID
    package let isLive: Bool
    package private(set) var state: State
    /// The digest its account is stored under.
    package private(set) var account: String
    package private(set) var scope: String?
    /// Public; nil where Stripe gave none.
    package private(set) var publishableKey: String?
    package internal(set) var accessToken: SealedSecret?
    package internal(set) var refreshToken: SealedSecret?
    package private(set) var connectedBy: UserID
    package private(set) var history: History
    let unknown: [UnknownMember]

    package enum State: String, Sendable {
        case present, deleted, disconnected
    }

    /// When things happened, milliseconds since the Unix epoch.
    package struct History: Sendable, Equatable {
        package var created: Int64
        /// When Stripe gave the present credentials.
        package var connected: Int64
        package var ended: Int64?
    }

    /// What one exchange brought, ready to be stored.
    struct Credentials {
        var account: String
        var scope: String?
        var publishableKey: String?
        var accessToken: SealedSecret?
        var refreshToken: SealedSecret?
    }

    init(
        number: StripeAuthorizationID, event: EventID, isLive: Bool, state: State, credentials: Credentials,
        connectedBy: UserID, history: History, unknown: [UnknownMember] = []
    ) {
        self.number = number
        self.event = event
        self.isLive = isLive
        self.state = state
        account = credentials.account
        scope = credentials.scope
        publishableKey = credentials.publishableKey
        accessToken = credentials.accessToken
        refreshToken = credentials.refreshToken
        self.connectedBy = connectedBy
        self.history = history
        self.unknown = unknown
    }

    package static func place(_ number: StripeAuthorizationID, _ field: Field) -> String {
        "stripe-authorization:\(number):\(field.rawValue)"
    }

    /// The sealed fields, as their place names them.
    package enum Field: String, Sendable {
        case accessToken = "access_token"
        case refreshToken = "refresh_token"
    }

    /// Takes the credentials of a new exchange in place of the old ones.
    mutating func connect(_ credentials: Credentials, by user: UserID, now: Int64) {
        state = .present
        account = credentials.account
        scope = credentials.scope
        publishableKey = credentials.publishableKey
        accessToken = credentials.accessToken
        refreshToken = credentials.refreshToken
        connectedBy = user
        history.connected = now
        history.ended = nil
    }

    /// Ends it; its tokens go at once.
    mutating func end(_ state: State, now: Int64) {
        self.state = state
        accessToken = nil
        refreshToken = nil
        publishableKey = nil
        history.ended = now
    }
}
