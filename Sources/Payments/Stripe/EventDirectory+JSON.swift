package import JSON

extension EventDirectory {
    /// Reads the events' file, strictly: an unknown member is an error, for it is a misspelt known one.
    ///
    /// ```
    /// { "users": [ { "id": 1, "name": "owner", "isAdmin": false } ],
    ///   "events": [ { "id": 1, "identifier": "ev000001x", "name": "example", "canPayByStripe": true,
    ///                 "owner": 1, "organizers": [2], "coorganizers": [3] } ] }
    /// ```
    /// `isAdmin`, `canPayByStripe`, `organizers` and `coorganizers` may be left out: false, or nobody. A role of a user
    /// who is not listed is no error: users leave, and their roles stay behind and give nobody anything.
    ///
    /// - Throws: the first fault, with its place; duplicate ids and identifiers are faults.
    package init(json: JSONValue) throws(EventDirectoryError) {
        try EventFields.check(json, at: "", members: ["users", "events"])
        var users: [UserID: EventUser] = [:]
        for (path, element) in try EventFields.list("users", of: json, at: "") {
            let fields = try EventFields(element, at: path, members: ["id", "name", "isAdmin"])
            let user = EventUser(
                id: UserID(try fields.number("id")), name: try fields.text("name"),
                isAdmin: try fields.boolean("isAdmin"))
            guard users.updateValue(user, forKey: user.id) == nil else {
                throw fields.fault("id", "is \(user.id), as another user's")
            }
        }
        var events: [EventID: OrganizedEvent] = [:]
        var identifiers: [EventIdentifier: EventID] = [:]
        for (path, element) in try EventFields.list("events", of: json, at: "") {
            let fields = try EventFields(element, at: path, members: EventDirectory.eventMembers)
            let event = try OrganizedEvent(fields)
            guard events.updateValue(event, forKey: event.id) == nil else {
                throw fields.fault("id", "is \(event.id), as another event's")
            }
            guard identifiers.updateValue(event.id, forKey: event.identifier) == nil else {
                throw fields.fault("identifier", "is \(event.identifier), as another event's")
            }
        }
        self.init(events: events, identifiers: identifiers, users: users)
    }

    private static let eventMembers: [StaticString] = [
        "id", "identifier", "name", "canPayByStripe", "owner", "organizers", "coorganizers",
    ]
}

/// What is wrong with the events' file, and where.
package struct EventDirectoryError: Error, Sendable {
    /// The place and the fault, such as `"events[2].id" must be a number greater than 0`.
    package let message: String
    /// The offset of the first byte at fault, for a line and column.
    package let offset: Int
}

extension OrganizedEvent {
    fileprivate init(_ fields: EventFields) throws(EventDirectoryError) {
        let identifier = try fields.text("identifier")
        // Addresses take either: a number must always be an id.
        guard EventID(text: identifier) == nil else {
            throw fields.fault("identifier", "must not be a number")
        }
        self.init(
            id: EventID(try fields.number("id")), identifier: EventIdentifier(identifier),
            name: try fields.text("name"), canPayByStripe: try fields.boolean("canPayByStripe"),
            owner: UserID(try fields.number("owner")), organizers: try fields.users("organizers"),
            coorganizers: try fields.users("coorganizers"))
    }
}
