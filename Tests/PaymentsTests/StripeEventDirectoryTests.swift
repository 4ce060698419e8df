import JSON
import Testing

@testable import Payments

extension EventDirectory {
    static func parsing(_ text: String) throws -> EventDirectory {
        try EventDirectory(json: try JSONDocument(parsing: Array(text.utf8)).root)
    }
}

@Suite struct StripeEventDirectoryTests {
    private static let user = #"{"id":1,"name":"owner"}"#
    private static let event = #"{"id":1,"identifier":"e1","name":"n","owner":1}"#

    private static func file(users: String = user, events: String = event) -> String {
        #"{"users":[\#(users)],"events":[\#(events)]}"#
    }

    @Test func `the events' file tells who may do what`() throws {
        let directory = try EventDirectory.parsing(
            Self.file(
                users: #"{"id":1,"name":"o"},{"id":2,"name":"p"},{"id":3,"name":"c"},{"id":4,"name":"s"},"#
                    + #"{"id":5,"name":"a","isAdmin":true}"#,
                events: #"{"id":7,"identifier":"b8324ae2","name":"n","canPayByStripe":true,"owner":1,"#
                    + #""organizers":[2,9],"coorganizers":[3,1]}"#))
        let event = try #require(directory.event(EventReference("b8324ae2")))
        #expect(event == directory.event(EventReference("7")))
        #expect(event == directory.event(EventID(7)))
        #expect(event.canPayByStripe)
        #expect(directory.userCount == 5 && directory.eventCount == 1)
        let accesses = (1...9).map { directory.access(of: UserID($0), to: event.id) }
        #expect(accesses == [.manage, .manage, .read, .none, .manage, .none, .none, .none, .none])
        #expect(directory.access(of: UserID(5), to: EventID(8)) == .manage)
        #expect(directory.access(of: UserID(1), to: EventID(8)) == .none)
        #expect(directory.user(UserID(9)) == nil, "who left has no role, although the event names them")
    }

    @Test(arguments: [
        ("[]", "the file must be an object"),
        (#"{"users":[]}"#, #""events" must be an array"#),
        (#"{"users":{},"events":[]}"#, #""users" must be an array"#),
        (#"{"users":[],"events":[],"x":1}"#, #"unknown member "x" in the file; known are "users", "events""#),
        (file(users: "1"), #""users[0]" must be an object"#),
        (file(users: user + "," + user), #""users[1].id" is 1, as another user's"#),
        (file(users: #"{"id":0,"name":"o"}"#), #""users[0].id" must be a number greater than 0"#),
        (file(users: #"{"id":"1","name":"o"}"#), #""users[0].id" must be a number greater than 0"#),
        (file(users: #"{"id":1}"#), #""users[0].name" must be a text and not empty"#),
        (file(users: #"{"id":1,"name":""}"#), #""users[0].name" must be a text and not empty"#),
        (file(users: #"{"id":1,"name":"o","isAdmin":1}"#), #""users[0].isAdmin" must be true or false"#),
        (
            file(users: #"{"id":1,"name":"o","admin":true}"#),
            #"unknown member "admin" in "users[0]"; known are "id", "name", "isAdmin""#
        ),
        (file(events: event + "," + event), #""events[1].id" is 1, as another event's"#),
        (
            file(events: event + #",{"id":2,"identifier":"e1","name":"n","owner":1}"#),
            #""events[1].identifier" is e1, as another event's"#
        ),
        (
            file(events: #"{"id":1,"identifier":"123","name":"n","owner":1}"#),
            #""events[0].identifier" must not be a number"#
        ),
        (file(events: #"{"id":1,"identifier":"e","name":"n"}"#), #""events[0].owner" must be a number greater than 0"#),
        (
            file(events: #"{"id":1,"identifier":"e","name":"n","owner":1,"organizers":2}"#),
            #""events[0].organizers" must be an array"#
        ),
        (
            file(events: #"{"id":1,"identifier":"e","name":"n","owner":1,"coorganizers":[1,-2]}"#),
            #""events[0].coorganizers[1]" must be a number greater than 0"#
        ),
    ])
    func `a fault is told with its place`(text: String, message: String) {
        #expect { try EventDirectory.parsing(text) } throws: { ($0 as? EventDirectoryError)?.message == message }
    }

    @Test func `a fault knows its offset`() {
        let text = Self.file(users: #"{"id":-1,"name":"o"}"#)
        #expect { try EventDirectory.parsing(text) } throws: { error in
            guard let error = error as? EventDirectoryError else { return false }
            return Array(text.utf8)[error.offset...].starts(with: "-1".utf8)
        }
    }

    @Test(arguments: [
        ("1", EventReference.id(EventID(1))), ("9223372036854775807", .id(EventID(.max))),
        ("9223372036854775808", .identifier(EventIdentifier("9223372036854775808"))),
        ("0", .identifier(EventIdentifier("0"))), ("01", .identifier(EventIdentifier("01"))),
        ("-1", .identifier(EventIdentifier("-1"))), ("+1", .identifier(EventIdentifier("+1"))),
        ("\u{661}", .identifier(EventIdentifier("\u{661}"))), ("", .identifier(EventIdentifier(""))),
    ])
    func `a reference is a number only as we would write it`(text: String, expected: EventReference) {
        #expect(EventReference(text) == expected)
        #expect(EventReference(text).description == text)
    }
}
