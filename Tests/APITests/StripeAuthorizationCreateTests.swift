import FastCGI
import Foundation
import Payments
import Testing

@testable import API

/// Sections A, C and D of the contract's section 2. A case's letter and number stands in its test.
@Suite struct StripeAuthorizationCreateTests {
    @Test(arguments: [Person.owner, .organizer, .admin])
    func `who runs the event connects it, once`(_ person: Person) throws {  // A1, A2
        let bench = StripeBench()
        let reply = try bench.create(as: person)
        #expect(reply.status == 201)
        #expect(reply.json == StripeBench.document())
        #expect(reply.header("Location") == "http://localhost/v1/stripe-authorizations/1")
        #expect(reply.response.contentType == "application/vnd.api+json")
        #expect(reply.header("Cache-Control") == "no-store")
        #expect(bench.connect.codes == ["ac_ABC"])
        #expect(try bench.isLinked(1))
        for secret in ["sk_test_ACC", "rt_REF", "acct_USER", "ac_ABC"] { #expect(!reply.text.contains(secret)) }
    }

    @Test func `the front end's own publishable key is ignored`() throws {  // A4
        let bench = StripeBench()
        let body = StripeBench.body().replacing(
            #""attributes":{"#, with: #""attributes":{"stripe-publishable-key":"pk_platform","#)
        #expect(try bench.post(body).json == StripeBench.document())
    }

    @Test func `the server numbers the record, and unknown attributes are ignored`() throws {  // A5
        let bench = StripeBench()
        let body = StripeBench.body().replacing(#"{"type":"stripe-"#, with: #"{"id":"77","type":"stripe-"#)
            .replacing(#""attributes":{"#, with: #""attributes":{"foo":"bar","#)
        #expect(try bench.post(body).json == StripeBench.document())
    }

    @Test func `the underscored spelling is accepted`() throws {  // A6
        let bench = StripeBench()
        let body = StripeBench.body(code: "x").replacing("stripe-auth-code", with: "stripe_auth_code")
        #expect(try bench.post(body).status == 201)
        #expect(bench.connect.codes == ["x"])
    }

    @Test func `include and sparse fields shape the answer`() throws {  // A7
        let bench = StripeBench()
        let reply = try bench.post(StripeBench.body(event: "3"), query: "?include=event&fields[event]=name")
        #expect(reply.status == 201)
        let expected = #"""
            {"data":{"type":"stripe-authorization","id":"1","attributes":{"stripe-publishable-key":"pk_test_PUB"},
            "relationships":{"event":{"links":{"self":"/v1/stripe-authorizations/1/relationships/event",
            "related":"/v1/stripe-authorizations/1/event"},"data":{"type":"event","id":"3"}}},
            "links":{"self":"/v1/stripe-authorizations/1"}},
            "included":[{"type":"event","id":"3","attributes":{"name":"example"},"links":{"self":"/v1/events/3"}}],
            "links":{"self":"/v1/stripe-authorizations/1"},"jsonapi":{"version":"1.0"}}
            """#
        #expect(reply.json == JSONCanon.text(expected))
    }

    @Test func `a second create for an event is 409 without a call`() throws {  // A8
        let bench = StripeBench()
        #expect(try bench.create().status == 201)
        let reply = try bench.create(code: "ac_SECOND")
        #expect(reply.status == 409)
        #expect(
            reply.json
                == StripeBench.errors(
                    #"""
                    {"status":"409","source":{"pointer":"/data/relationships/event"},"title":"Conflict",
                    "detail":"Stripe Authorization already exists for this event"}
                    """#))
        #expect(bench.connect.codes == ["ac_ABC"])
    }

    @Test func `of two creates at once one wins, and Stripe is asked once`() throws {  // A9
        let bench = StripeBench(connect: FakeConnect(delay: 200))
        let requests = try (0..<2).map { number in
            try Request(
                parameters: Parameters([
                    ("REQUEST_METHOD", "POST"), ("REQUEST_URI", "/v1/stripe-authorizations"),
                    ("CONTENT_TYPE", StripeBench.mediaType),
                    ("HTTP_AUTHORIZATION", "JWT \(bench.token(of: .owner))"),
                ]), body: Array(StripeBench.body(code: "ac_\(number)").utf8), listener: .public)
        }
        let statuses = Statuses()
        DispatchQueue.concurrentPerform(iterations: 2) { statuses.add(bench.send(requests[$0]).status) }
        #expect(statuses.sorted == [201, 409])
        #expect(bench.connect.codes.count == 1)
    }

    @Test func `after a delete the event can be connected again, under a new number`() throws {  // A10
        let bench = StripeBench()
        #expect(try bench.create().status == 201)
        #expect(try bench.ask("DELETE", "/v1/stripe-authorizations/1").status == 200)
        let reply = try bench.create(code: "ac_NEXT")
        #expect(reply.status == 201)
        #expect(reply.json == StripeBench.document(id: 2))
    }

    @Test(arguments: [(Person.stranger, "1"), (.coorganizer, "1"), (.owner, "9999")])
    func `others are refused, and learn nothing of unknown events`(_ person: Person, _ event: String) throws {
        let bench = StripeBench()
        let reply = try bench.create(event: event, as: person)
        #expect(reply.status == 403)
        #expect(
            reply.json
                == StripeBench.errors(
                    #"""
                    {"status":"403","source":{"source":""},"title":"Access Forbidden",
                    "detail":"Minimum Organizer access required"}
                    """#))
        #expect(bench.connect.codes.isEmpty)
    }

    @Test func `an event without Stripe payments is 403`() throws {  // C2
        let bench = StripeBench()
        let reply = try bench.create(event: "5")
        #expect(
            reply.json
                == StripeBench.errors(
                    #"""
                    {"status":"403","source":{"pointer":""},"title":"Access Forbidden",
                    "detail":"Stripe payment is disabled for this Event"}
                    """#))
        #expect(bench.connect.codes.isEmpty)
    }

    @Test func `missing platform keys are 403`() throws {  // C3
        let bench = StripeBench(isConfigured: false)
        let reply = try bench.create()
        #expect(reply.status == 403)
        #expect(
            reply.json
                == StripeBench.errors(
                    #"""
                    {"status":"403","source":{"pointer":""},"title":"Access Forbidden",
                    "detail":"Stripe payment isn't configured properly for the Platform"}
                    """#))
    }

    @Test(arguments: ["9999", "abc", "01", "-1", "1.0", "ev000001x", "99999999999999999999"])
    func `an event that is none is 404 for an admin, without a call`(_ event: String) throws {  // C4, C5
        let bench = StripeBench()
        let reply = try bench.create(event: event, as: .admin)
        #expect(reply.status == 404)
        #expect(
            reply.json
                == StripeBench.errors(
                    #"""
                    {"status":"404","title":"Related object not found","detail":"Event.id: \#(event) not found"}
                    """#))
        #expect(bench.connect.codes.isEmpty)
    }

    @Test(arguments: ["Authorization code already used: ac_ABC", "Zugriff verweigert: caf\u{E9} \u{1F39F}"])
    func `Stripe's refusal reaches the client, and nothing is stored`(_ text: String) throws {  // D1, D2
        let bench = StripeBench(connect: FakeConnect(.refused(text)))
        let reply = try bench.create()
        #expect(reply.status == 422)
        #expect(
            reply.json
                == StripeBench.errors(
                    #"""
                    {"status":"422","source":{"pointer":"/data/stripe_auth_code"},"title":"Unprocessable Entity",
                    "detail":"\#(text)"}
                    """#))
        #expect(try !bench.isLinked(1))
        #expect(try bench.ask("GET", "/v1/events/1/stripe-authorization").status == 404)
    }

    /// What became of the call, and the status for it.
    private static let failures: [(StripeExchange, Int)] = [
        (.unreachable, 502), (.timedOut, 504), (.unusableAnswer, 502), (.tooManyAttempts, 503), (.platformRefused, 403),
    ]

    @Test(arguments: 0..<5)
    func `each way a call can fail has its status, and is tried once`(_ index: Int) throws {  // F1 to F9
        let (exchange, status) = StripeAuthorizationCreateTests.failures[index]
        let bench = StripeBench(connect: FakeConnect(exchange))
        let reply = try bench.create()
        #expect(reply.status == status)
        #expect(reply.details.count == 1 && reply.details[0].isEmpty == false)
        #expect(reply.response.contentType == StripeBench.mediaType)
        #expect((reply.header("Retry-After") != nil) == (status == 503))
        #expect(bench.connect.codes == ["ac_ABC"])
        #expect(try !bench.isLinked(1))
    }

    @Test func `an account of the other mode is refused, and not stored`() throws {  // F10
        var credentials = StripeCredentials.make()
        credentials.isLive = true
        let bench = StripeBench(connect: FakeConnect(.connected(credentials)))
        #expect(try bench.create().status == 422)
        #expect(try !bench.isLinked(1))
    }

    @Test func `where Stripe gives no publishable key the platform's is shown`() throws {  // F8
        let bench = StripeBench(connect: FakeConnect(.connected(.make(publishableKey: nil))))
        #expect(try bench.create().json == StripeBench.document(key: "pk_test_PLAT"))
    }

    @Test func `a condition on what does not exist yet keeps the code from being spent`() throws {
        let bench = StripeBench()
        let reply = try bench.ask(
            "POST", "/v1/stripe-authorizations", StripeBench.body(), headers: [("HTTP_IF_MATCH", "W/\"other\"")])
        #expect(reply.status == 412)
        #expect(bench.connect.codes.isEmpty)
    }

    @Test(arguments: [
        (nil, [("HTTP_HOST", "pay.example.com:8443"), ("HTTPS", "on")], "https://pay.example.com:8443"),
        ("https://public.example", [("HTTP_HOST", "inside"), ("HTTPS", "on")], "https://public.example"),
        (nil, [("HTTP_HOST", "evil.example/x"), ("HTTPS", "on")], ""),
        (nil, [("REQUEST_SCHEME", "https"), ("HTTP_HOST", "[::1]:8443")], "https://[::1]:8443"),
    ])
    func `Location begins with the configured address, or with the request's`(
        configured: String?, headers: [(String, String)], origin: String
    ) throws {
        let bench = StripeBench(publicURL: configured)
        let own = [
            ("REQUEST_METHOD", "POST"), ("REQUEST_URI", "/v1/stripe-authorizations"),
            ("CONTENT_TYPE", StripeBench.mediaType), ("HTTP_AUTHORIZATION", "JWT \(bench.token(of: .owner))"),
        ]
        let request = try Request(
            parameters: Parameters(own + headers), body: Array(StripeBench.body().utf8), listener: .public)
        #expect(bench.send(request).header("Location") == "\(origin)/v1/stripe-authorizations/1")
    }
}

/// Statuses of several threads.
final class Statuses: @unchecked Sendable {
    private let lock = NSLock()
    private var values: [Int] = []

    func add(_ status: Int) { lock.withLock { values.append(status) } }
    var sorted: [Int] { lock.withLock { values.sorted() } }
}
