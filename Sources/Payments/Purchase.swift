/// One purchase of one player, from its registration to its end. It owns its transitions; nothing else changes its state.
///
/// ```
/// registered → confirmed | cancelled      (expired = registered, and its time is over)
/// ```
package struct Purchase: Sendable {
    package let key: PurchaseKey
    package internal(set) var player: PlayerID
    package internal(set) var order: Order
    package internal(set) var state: State
    package internal(set) var history: History
    package internal(set) var details: PurchaseDetails
    /// Members of the stored document that this version does not know.
    let unknown: [UnknownMember]

    package enum State: String, Sendable {
        case registered, confirmed, cancelled
        /// Cancelled before anything was registered: a tombstone that refuses a later register or confirm.
        case neverRegistered = "never_registered"
    }

    /// When things happened, milliseconds since the Unix epoch.
    package struct History: Sendable, Equatable {
        package var registered: Int64?
        /// Until when the registration holds.
        package var expires: Int64?
        package var confirmed: Int64?
        package var cancelled: Int64?

        package init() {}
    }

    init(
        key: PurchaseKey, player: PlayerID, order: Order, state: State, history: History,
        details: PurchaseDetails, unknown: [UnknownMember] = []
    ) {
        self.key = key
        self.player = player
        self.order = order
        self.state = state
        self.history = history
        self.details = details
        self.unknown = unknown
    }

    /// What was given to the player: everything ordered, once it is confirmed.
    package var grants: [Grant] {
        state == .confirmed ? order.grants : []
    }

    /// Registered, and its time is over. It holds nothing any more, but a late confirm still succeeds.
    package func isExpired(at now: Int64) -> Bool {
        guard state == .registered, let expires = history.expires else { return false }
        return now >= expires
    }
}
