/// An event as Open Event describes it to us: what it is called, whether it takes Stripe payments, and who runs it.
package struct OrganizedEvent: Sendable, Equatable {
    package let id: EventID
    package let identifier: EventIdentifier
    package let name: String
    package let canPayByStripe: Bool
    package let owner: UserID
    package let organizers: Set<UserID>
    package let coorganizers: Set<UserID>

    package init(
        id: EventID, identifier: EventIdentifier, name: String, canPayByStripe: Bool, owner: UserID,
        organizers: Set<UserID>, coorganizers: Set<UserID>
    ) {
        self.id = id
        self.identifier = identifier
        self.name = name
        self.canPayByStripe = canPayByStripe
        self.owner = owner
        self.organizers = organizers
        self.coorganizers = coorganizers
    }
}

/// Somebody who may be logged in at Open Event.
package struct EventUser: Sendable, Equatable {
    package let id: UserID
    package let name: String
    package let isAdmin: Bool

    package init(id: UserID, name: String, isAdmin: Bool) {
        self.id = id
        self.name = name
        self.isAdmin = isAdmin
    }
}

/// How a request names an event: by number, or by its identifier.
package enum EventReference: Sendable, Equatable, CustomStringConvertible {
    case id(EventID)
    case identifier(EventIdentifier)

    /// A path segment as a reference: digits are a number, all else is an identifier.
    package init(_ text: String) {
        self = EventID(text: text).map(EventReference.id) ?? .identifier(EventIdentifier(text))
    }

    package var description: String {
        switch self {
        case .id(let id): id.description
        case .identifier(let identifier): identifier.text
        }
    }
}
