/// The events and users of Open Event, as one generation of the events' file tells them. Cheap to copy.
package struct EventDirectory: Sendable {
    private let eventsByID: [EventID: OrganizedEvent]
    private let idsByIdentifier: [EventIdentifier: EventID]
    private let usersByID: [UserID: EventUser]

    /// What a user may do with an event's Stripe authorization.
    package enum Access: Sendable {
        case none
        /// A co-organizer.
        case read
        /// The owner, an organizer, or an admin.
        case manage
    }

    /// Without any event or user.
    package static let empty = EventDirectory(events: [:], identifiers: [:], users: [:])

    init(
        events: [EventID: OrganizedEvent], identifiers: [EventIdentifier: EventID], users: [UserID: EventUser]
    ) {
        eventsByID = events
        idsByIdentifier = identifiers
        usersByID = users
    }

    package var eventCount: Int { eventsByID.count }
    package var userCount: Int { usersByID.count }

    package func event(_ id: EventID) -> OrganizedEvent? { eventsByID[id] }

    package func event(_ reference: EventReference) -> OrganizedEvent? {
        switch reference {
        case .id(let id): eventsByID[id]
        case .identifier(let identifier): idsByIdentifier[identifier].flatMap { eventsByID[$0] }
        }
    }

    /// nil for a user that is gone: a token of theirs must be refused.
    package func user(_ id: UserID) -> EventUser? { usersByID[id] }

    /// An admin may manage any event, known or not; a user that is gone may nothing.
    package func access(of user: UserID, to event: EventID) -> Access {
        guard let user = usersByID[user] else { return .none }
        if user.isAdmin { return .manage }
        guard let event = eventsByID[event] else { return .none }
        if event.owner == user.id || event.organizers.contains(user.id) { return .manage }
        return event.coorganizers.contains(user.id) ? .read : .none
    }
}
