import FastCGI
import Payments
import Testing

@testable import API

/// Sections E, G and H of the contract's section 2, over one connected event.
@Suite struct StripeAuthorizationReadTests {
    let bench: StripeBench

    init() throws {
        bench = StripeBench()
        #expect(try bench.create().status == 201)
    }

    private let notFound = StripeBench.errors(
        #"{"status":"404","source":{"pointer":""},"title":"Object not found","detail":"Object Not Found"}"#)
    private let preconditionFailed = StripeBench.errors(
        #"{"status":"412","source":{"pointer":""},"title":"Precondition Failed","detail":"Precondition failed"}"#)
    private let deleted = JSONCanon.text(
        #"{"meta":{"message":"Object successfully deleted"},"jsonapi":{"version":"1.0"}}"#)

    // MARK: E

    @Test(arguments: [
        "/v1/stripe-authorizations/1", "/v1/events/1/stripe-authorization", "/v1/events/ev000001x/stripe-authorization",
    ])
    func `the authorization is found by its number and by its event`(_ path: String) throws {  // E1, E7
        for person in [Person.owner, .organizer, .coorganizer, .admin] {
            let reply = try bench.ask("GET", path, as: person)
            #expect(reply.status == 200)
            #expect(reply.json == StripeBench.document())
            #expect(reply.header("ETag")?.hasPrefix("W/\"") == true)
        }
    }

    @Test func `a stranger may not read it, and nobody does without a token`() throws {  // E2, E3
        #expect(try bench.ask("GET", "/v1/stripe-authorizations/1", as: .stranger).status == 403)
        #expect(try bench.ask("GET", "/v1/stripe-authorizations/1", as: nil).status == 401)
    }

    @Test(arguments: ["9999", "abc", "01", "0", "-1", "callbac"])
    func `an unknown number is 404`(_ id: String) throws {  // E5, E6
        let reply = try bench.ask("GET", "/v1/stripe-authorizations/\(id)")
        #expect(reply.status == 404)
        #expect(reply.json == notFound)
    }

    @Test(arguments: [
        ("6", "event_id", "StripeAuthorization: 6 not found"),
        ("9999", "event_id", "StripeAuthorization: 9999 not found"),
        ("nope", "event_identifier", "Event: nope not found"),
    ])
    func `an event without one is 404, and says which`(_ event: String, _ parameter: String, _ detail: String) throws {
        let reply = try bench.ask("GET", "/v1/events/\(event)/stripe-authorization", as: .admin)  // E8 to E10
        #expect(
            reply.json
                == StripeBench.errors(
                    #"""
                    {"status":"404","source":{"parameter":"\#(parameter)"},"title":"Object not found",
                    "detail":"\#(detail)"}
                    """#))
    }

    @Test func `sparse fields leave attributes out`() throws {  // E12
        let reply = try bench.ask("GET", "/v1/stripe-authorizations/1?fields[stripe-authorization]=event")
        #expect(reply.status == 200)
        #expect(!reply.text.contains("attributes"))
        #expect(reply.text.contains("relationships"))
        let none = try bench.ask("GET", "/v1/stripe-authorizations/1?fields[stripe-authorization]=id")
        #expect(!none.text.contains("relationships"))
    }

    @Test func `a version seen before is 304, and another one is 412`() throws {  // E13
        let path = "/v1/stripe-authorizations/1"
        let tag = try #require(try bench.ask("GET", path).header("ETag"))
        let seen = try bench.ask("GET", path, headers: [("HTTP_IF_NONE_MATCH", "\"x\", \(tag)")])
        #expect(seen.status == 304)
        #expect(seen.response.body.isEmpty)
        #expect(seen.header("ETag") == tag)
        #expect(try bench.ask("GET", path, headers: [("HTTP_IF_NONE_MATCH", "W/\"x\"")]).status == 200)
        #expect(try bench.ask("GET", path, headers: [("HTTP_IF_MATCH", tag)]).status == 200)
        #expect(try bench.ask("GET", path, headers: [("HTTP_IF_MATCH", "*")]).status == 200)
        let other = try bench.ask("GET", path, headers: [("HTTP_IF_MATCH", "W/\"x\"")])
        #expect(other.status == 412)
        #expect(other.json == preconditionFailed)
    }

    @Test func `HEAD is GET without the body`() throws {
        let reply = try bench.ask("HEAD", "/v1/stripe-authorizations/1")
        #expect(reply.status == 200)
        #expect(reply.response.isBodyWithheld)
        #expect(reply.json == StripeBench.document())
        #expect(try bench.ask("HEAD", "/v1/stripe-authorizations/9").response.isBodyWithheld)
    }

    private static let sparse = "fields[event]=name,can_pay_by_stripe,is_stripe_linked,stripe_authorization"

    @Test func `anybody may see that an event is linked, and its publishable key`() throws {  // E14
        let reply = try bench.ask(
            "GET", "/v1/events/1?include=stripe-authorization&\(StripeAuthorizationReadTests.sparse)", as: nil)
        #expect(reply.status == 200)
        let expected = #"""
            {"data":{"type":"event","id":"1",
            "attributes":{"name":"example","can-pay-by-stripe":true,"is-stripe-linked":true},
            "relationships":{"stripe-authorization":{"links":{"self":"/v1/events/1/relationships/stripe-authorization",
            "related":"/v1/events/1/stripe-authorization"},"data":{"type":"stripe-authorization","id":"1"}}},
            "links":{"self":"/v1/events/1"}},
            "included":[{"type":"stripe-authorization","id":"1",
            "attributes":{"stripe-publishable-key":"pk_test_PUB"},
            "relationships":{"event":{"links":{"self":"/v1/stripe-authorizations/1/relationships/event",
            "related":"/v1/stripe-authorizations/1/event"}}},"links":{"self":"/v1/stripe-authorizations/1"}}],
            "links":{"self":"/v1/events/1"},"jsonapi":{"version":"1.0"}}
            """#
        #expect(reply.json == JSONCanon.text(expected))
        #expect(try bench.ask("GET", "/v1/events/ev000001x", as: nil).text.contains(#""identifier":"ev000001x""#))
    }

    @Test func `an event that is not linked has a null in place of its authorization`() throws {
        let reply = try bench.ask(
            "GET", "/v1/events/2?include=stripe-authorization&\(StripeAuthorizationReadTests.sparse)", as: nil)
        #expect(reply.text.contains(#""is-stripe-linked":false"#))
        #expect(reply.text.contains(#""data":null"#))
        #expect(!reply.text.contains("included"))
    }

    @Test(arguments: [("9999", "id"), ("nope", "identifier")])
    func `an unknown event is 404`(_ event: String, _ parameter: String) throws {
        let reply = try bench.ask("GET", "/v1/events/\(event)", as: nil)
        #expect(
            reply.json
                == StripeBench.errors(
                    #"""
                    {"status":"404","source":{"parameter":"\#(parameter)"},"title":"Object not found",
                    "detail":"Event: \#(event) not found"}
                    """#))
    }

    @Test func `the relationships say what belongs together`() throws {  // E15
        let linkage = try bench.ask("GET", "/v1/events/1/relationships/stripe-authorization", as: nil)
        #expect(
            linkage.json
                == JSONCanon.text(
                    #"""
                    {"links":{"self":"/v1/events/1/relationships/stripe-authorization",
                    "related":"/v1/events/1/stripe-authorization"},
                    "data":{"type":"stripe-authorization","id":"1"},"jsonapi":{"version":"1.0"}}
                    """#))
        let event = try bench.ask("GET", "/v1/stripe-authorizations/1/relationships/event")
        #expect(
            event.json
                == JSONCanon.text(
                    #"""
                    {"links":{"self":"/v1/stripe-authorizations/1/relationships/event",
                    "related":"/v1/stripe-authorizations/1/event"},
                    "data":{"type":"event","id":"1"},"jsonapi":{"version":"1.0"}}
                    """#))
        let related = try bench.ask("GET", "/v1/stripe-authorizations/1/event")
        #expect(related.json == (try bench.ask("GET", "/v1/events/1", as: nil).json))
    }

    // MARK: G

    private func patch(
        _ members: String, as person: Person? = .owner, path: String = "/v1/stripe-authorizations/1",
        headers: [(String, String)] = []
    ) throws -> Reply {
        try bench.ask(
            "PATCH", path, as: person, #"{"data":{"type":"stripe-authorization"\#(members)}}"#, headers: headers)
    }

    private let newCode = #","id":"1","attributes":{"stripe-auth-code":"ac_NEW"}"#

    @Test(arguments: ["/v1/stripe-authorizations/1", "/v1/events/1/stripe-authorization"])
    func `a new code is exchanged and replaces the key`(_ path: String) throws {  // G1, G11
        bench.connect.answer(.connected(.make(account: "acct_NEW", publishableKey: "pk_test_NEW")))
        let reply = try patch(newCode, path: path)
        #expect(reply.status == 200)
        #expect(reply.json == StripeBench.document(key: "pk_test_NEW"))
        #expect(bench.connect.codes == ["ac_ABC", "ac_NEW"])
    }

    @Test func `a code Stripe refuses leaves the old key`() throws {
        bench.connect.answer(.refused("Authorization code expired"))
        #expect(try patch(newCode).status == 422)
        #expect(try bench.ask("GET", "/v1/stripe-authorizations/1").json == StripeBench.document())
    }

    @Test(arguments: [
        ("", "Missing id in \"data\" node"),
        (#","id":"2""#, "Value of id does not match the resource identifier in url"),
        (#","id":1"#, "Value of id does not match the resource identifier in url"),
    ])
    func `the id must be there and be the path's`(_ members: String, _ detail: String) throws {  // G2, G3
        for path in ["/v1/stripe-authorizations/1", "/v1/events/1/stripe-authorization"] {
            let reply = try patch(members, path: path)
            #expect(reply.status == 400)
            #expect(reply.details == [detail])
        }
    }

    @Test func `wrong type, unknown number, nobody and strangers are refused`() throws {  // G4 to G7
        let wrong = try bench.ask("PATCH", "/v1/stripe-authorizations/1", #"{"data":{"type":"event","id":"1"}}"#)
        #expect(wrong.status == 409)
        let unknown = try patch(#","id":"9999""#, path: "/v1/stripe-authorizations/9999")
        #expect(unknown.json == notFound)
        #expect(try patch(newCode, as: nil).status == 401)
        #expect(try patch(newCode, as: .stranger).status == 403)
        #expect(try patch(newCode, as: .coorganizer).status == 403)
        #expect(try patch(newCode, as: .stranger, path: "/v1/events/1/stripe-authorization").status == 403)
        #expect(bench.connect.codes == ["ac_ABC"])
    }

    @Test(arguments: [#","attributes":{"stripe-publishable-key":"pk_other"}"#, #","attributes":{}"#, ""])
    func `without a code nothing changes`(_ members: String) throws {  // G8, G9
        let reply = try patch(#","id":"1""# + members)
        #expect(reply.status == 200)
        #expect(reply.json == StripeBench.document())
        #expect(bench.connect.codes == ["ac_ABC"])
    }

    @Test(arguments: ["2", "9999", "abc"])
    func `the event cannot be changed`(_ event: String) throws {  // G10
        let move = #","relationships":{"event":{"data":{"type":"event","id":"\#(event)"}}}"#
        let reply = try patch(newCode + move)
        #expect(reply.status == 422)
        #expect(reply.text.contains(#""pointer":"/data/relationships/event""#))
        #expect(try patch(newCode + move, as: .stranger).status == 403)
        #expect(bench.connect.codes == ["ac_ABC"])
    }

    @Test func `naming the same event is no change`() throws {
        let same = #","id":"1","relationships":{"event":{"data":{"type":"event","id":"1"}}}"#
        #expect(try patch(same).status == 200)
    }

    @Test func `an update's condition is looked at before the code is spent`() throws {
        let tag = try #require(try bench.ask("GET", "/v1/stripe-authorizations/1").header("ETag"))
        let stale = try patch(newCode, headers: [("HTTP_IF_MATCH", "W/\"x\"")])
        #expect(stale.status == 412)
        #expect(bench.connect.codes == ["ac_ABC"])
        #expect(try patch(newCode, as: .coorganizer, headers: [("HTTP_IF_MATCH", "W/\"x\"")]).status == 403)
        #expect(try patch(newCode, headers: [("HTTP_IF_MATCH", tag)]).status == 200)
    }

    // MARK: H

    @Test(arguments: [
        "/v1/stripe-authorizations/1", "/v1/events/1/stripe-authorization",
        "/v1/stripe-authorizations/1?permanent=true",
    ])
    func `a delete is final`(_ path: String) throws {  // H1 to H3, H6, H7
        let reply = try bench.ask("DELETE", path)
        #expect(reply.status == 200)
        #expect(reply.json == deleted)
        #expect(try !bench.isLinked(1))
        #expect(bench.connect.deauthorized == ["acct_USER"])
        #expect(try bench.ask("DELETE", "/v1/stripe-authorizations/1").json == notFound)
        #expect(try bench.ask("GET", "/v1/stripe-authorizations/1?get_trashed=true").json == notFound)
    }

    @Test func `only who runs the event may delete`() throws {  // H4, H5
        #expect(try bench.ask("DELETE", "/v1/stripe-authorizations/1", as: nil).status == 401)
        #expect(try bench.ask("DELETE", "/v1/stripe-authorizations/1", as: .stranger).status == 403)
        #expect(try bench.ask("DELETE", "/v1/stripe-authorizations/1", as: .coorganizer).status == 403)
        #expect(try bench.isLinked(1))
    }

    @Test func `a delete's condition is looked at before`() throws {
        let reply = try bench.ask("DELETE", "/v1/stripe-authorizations/1", headers: [("HTTP_IF_MATCH", "\"x\"")])
        #expect(reply.status == 412)
        #expect(try bench.isLinked(1))
    }
}
