import FastCGI
import Payments
import Testing

@testable import API

/// Section B of the contract's section 2: headers and syntax.
@Suite struct JSONAPIRequestTests {
    let bench = StripeBench()

    private static func fault(_ pointer: String, _ detail: String, _ title: String = "Validation error") -> String {
        #"{"detail":"\#(detail)","source":{"pointer":"\#(pointer)"},"status":"422","title":"\#(title)"}"#
    }

    private static let code = "/data/attributes/stripe-auth-code"
    private static let event = "/data/relationships/event/data"

    private static func data(_ members: String) -> String {
        #"{"data":{"type":"stripe-authorization"\#(members)}}"#
    }

    private static let relationships = #","relationships":{"event":{"data":{"type":"event","id":"1"}}}"#

    private static func attributes(_ value: String) -> String {
        data(#","attributes":{"stripe-auth-code":\#(value)}\#(relationships)"#)
    }

    private static func relationship(_ value: String) -> String {
        data(#","attributes":{"stripe-auth-code":"ac_ABC"},"relationships":{"event":\#(value)}"#)
    }

    @Test(arguments: [
        "application/json", "", "application/vnd.api+json; charset=utf-8", "application/vnd.api+json;", "text/html",
        "Application/vnd.api+json",
    ])
    func `any other media type is 415`(_ type: String) throws {  // B1
        let reply = try bench.ask(
            "POST", "/v1/stripe-authorizations", StripeBench.body(), contentType: type)
        #expect(reply.status == 415)
        #expect(
            reply.json
                == StripeBench.errors(
                    #"""
                    {"detail":"Content-Type header must be application/vnd.api+json","title":"InvalidRequestHeader",
                    "status":"415"}
                    """#))
        #expect(bench.connect.codes.isEmpty)
    }

    @Test(arguments: [
        "application/json", "text/html, application/json;q=0.9", "application/vnd.api+json;q=0",
        "application/vnd.api+json;profile=\"x\"", "application", ",",
    ])
    func `an Accept that does not admit the type is 406`(_ accept: String) throws {  // B2
        let reply = try bench.ask(
            "GET", "/v1/stripe-authorizations/1", headers: [("HTTP_ACCEPT", accept)])
        #expect(reply.status == 406)
        #expect(
            reply.json
                == StripeBench.errors(
                    #"""
                    {"detail":"Accept header must be application/vnd.api+json","title":"InvalidRequestHeader",
                    "status":"406"}
                    """#))
    }

    @Test(arguments: [
        "*/*", "application/vnd.api+json", "application/json, */*;q=0.1", "text/html,application/vnd.api+json;q=0.5",
        "application/*", "application/vnd.api+json;a=b, application/vnd.api+json",
    ])
    func `an Accept that admits the type is processed`(_ accept: String) throws {  // B3
        let reply = try bench.ask(
            "GET", "/v1/stripe-authorizations/1", headers: [("HTTP_ACCEPT", accept)])
        #expect(reply.status == 404)
    }

    @Test(arguments: [#"{"data":"#, "", "{'data':1}", #"{"data":{},"data":{}}"#, "\u{FEFF}{}"])
    func `what is no JSON is 400 in JSON:API's form`(_ body: String) throws {  // B4, B5
        let reply = try bench.ask(
            "POST", "/v1/stripe-authorizations", body, contentType: StripeBench.mediaType)
        #expect(reply.status == 400)
        #expect(reply.details.first?.hasPrefix("Failed to decode JSON object: ") == true)
        #expect(reply.response.contentType == StripeBench.mediaType)
    }

    /// A body, and the error objects it gets.
    static let faults: [(body: String, errors: [String])] = [
        ("{}", [fault("/", "Object must include `data` key.")]),  // B7
        ("null", [fault("/", "Object must include `data` key.")]),  // B6
        ("[]", [fault("/", "Object must include `data` key.")]),
        ("7", [fault("/", "Object must include `data` key.")]),
        (#"{"data":[]}"#, [fault("/data", "`data` object must include `type` key.")]),  // B8
        (#"{"data":null}"#, [fault("/data", "`data` object must include `type` key.")]),
        (#"{"data":"type"}"#, [fault("/data", "`data` object must include `type` key.")]),
        (#"{"data":{"attributes":{}}}"#, [fault("/data", "`data` object must include `type` key.")]),
        (data(relationships), [fault(code, "Missing data for required field.")]),  // B10
        (data(#","attributes":{}"# + relationships), [fault(code, "Missing data for required field.")]),
        (attributes("null"), [fault(code, "Field may not be null.")]),  // B11
        (attributes("7"), [fault(code, "Not a valid string.")]),  // B12
        (attributes("{}"), [fault(code, "Not a valid string.")]),
        (attributes(#""a\u0000b""#), [fault(code, "Not a valid string.")]),
        (attributes(#""""#), [fault(code, "Field may not be blank.")]),  // B13
        (attributes(#"" \t""#), [fault(code, "Field may not be blank.")]),
        (attributes(#""\#(String(repeating: "x", count: 256))""#), [fault(code, "Longer than maximum length 255.")]),
        (
            data(#","attributes":{"stripe-auth-code":"ac_ABC"}"#),  // B14
            [
                fault(
                    "/data/relationships/event", "A valid relationship with event resource is required",
                    "Unprocessable Entity")
            ]
        ),
        (relationship("{}"), [fault(event, "Must include a `data` key")]),  // B15
        (relationship(#""x""#), [fault(event, "Must include a `data` key")]),
        (relationship(#"{"data":null}"#), [fault(event, "Field may not be null.")]),
        (relationship(#"{"data":{"type":"event"}}"#), [fault(event, "Must have an `id` field")]),
        (relationship(#"{"data":{"id":"1"}}"#), [fault(event, "Must have a `type` field")]),
        (relationship(#"{"data":{"id":"1","type":"foo"}}"#), [fault(event, "Invalid `type` specified")]),
        (relationship(#"{"data":[{"id":"1","type":"event"}]}"#), [fault(event, "Relationship is not list-like")]),
        (relationship(#"{"data":{"type":"event","id":3}}"#), [fault(event, "Not a valid string.")]),
        (relationship(#"{"data":{"type":"event","id":null}}"#), [fault(event, "Field may not be null.")]),
        (
            relationship(#"{"data":{}}"#),
            [fault(event, "Must have an `id` field"), fault(event, "Must have a `type` field")]
        ),
        (
            data(#","relationships":{"event":{"data":{"id":"1","type":"foo"}}}"#),  // B16
            [fault(code, "Missing data for required field."), fault(event, "Invalid `type` specified")]
        ),
        (
            data(#","attributes":[],"relationships":7"#),
            [
                fault("/data/attributes", "Not a valid object."), fault("/data/relationships", "Not a valid object."),
                fault(code, "Missing data for required field."),
            ]
        ),
    ]

    @Test(arguments: faults.indices)
    func `every fault of a document is told with its place`(_ index: Int) throws {
        let (body, errors) = JSONAPIRequestTests.faults[index]
        let reply = try bench.post(body)
        #expect(reply.status == 422, "\(body)")
        #expect(reply.json == StripeBench.errors(errors.joined(separator: ",")), "\(body)")
        #expect(bench.connect.codes.isEmpty)
    }

    @Test(arguments: ["\"stripe-authorizations\"", "7", "null"])
    func `a resource of another type is 409`(_ type: String) throws {  // B9
        let reply = try bench.post(#"{"data":{"type":\#(type)}}"#)
        #expect(reply.status == 409)
        #expect(
            reply.json
                == StripeBench.errors(
                    #"""
                    {"detail":"Invalid type. Expected \"stripe-authorization\".","source":{"pointer":"/data/type"},
                    "status":"409","title":"Incorrect type"}
                    """#))
    }

    @Test func `a relationship with links and no data counts as absent`() throws {
        let reply = try bench.post(JSONAPIRequestTests.relationship(#"{"links":{}}"#))
        #expect(reply.details == ["A valid relationship with event resource is required"])
    }

    @Test(arguments: [
        ("?include=foo", "include", "StripeAuthorizationSchema has no attribute foo"),
        ("?include=event,foo", "include", "StripeAuthorizationSchema has no attribute foo"),
        (
            "?fields[stripe-authorization]=stripe-publishable-key", "fields",
            "StripeAuthorizationSchema has no attribute stripe-publishable-key"
        ),
        ("?fields%5Bevent%5D=can-pay-by-stripe", "fields", "EventSchema has no attribute can-pay-by-stripe"),
        ("?fields[other]=x", "fields", "Couldn't find schema for type: other"),
    ])
    func `a query for what there is not is 400`(_ query: String, _ parameter: String, _ detail: String) throws {  // E11
        let reply = try bench.ask("GET", "/v1/stripe-authorizations/1\(query)")
        #expect(reply.status == 400)
        #expect(
            reply.json
                == StripeBench.errors(
                    #"""
                    {"status":"400","source":{"parameter":"\#(parameter)"},
                    "title":"Invalid \#(parameter) querystring parameter.","detail":"\#(detail)"}
                    """#))
    }

    @Test(arguments: ["?include=%zz", "?%ff=1", "?a=%00"])
    func `a query that cannot be decoded is 400`(_ query: String) throws {
        #expect(try bench.ask("GET", "/v1/stripe-authorizations/1\(query)").status == 400)
    }

    @Test(arguments: [
        ("GET", "/v1/stripe-authorizations", "POST, OPTIONS"), ("PUT", "/v1/stripe-authorizations", "POST, OPTIONS"),
        ("PUT", "/v1/stripe-authorizations/1", "GET, HEAD, PATCH, DELETE, OPTIONS"),
        ("POST", "/v1/events/1", "GET, HEAD, OPTIONS"),
    ])
    func `another method is 405 with Allow`(_ method: String, _ path: String, _ allow: String) throws {  // E16
        let reply = try bench.ask(method, path)
        #expect(reply.status == 405)
        #expect(reply.header("Allow") == allow)
        #expect(reply.response.contentType == StripeBench.mediaType)
        #expect(reply.details.count == 1)
    }

    @Test func `a browser may ask what it may do`() throws {
        let reply = try bench.ask("OPTIONS", "/v1/stripe-authorizations", as: nil)
        #expect(reply.status == 204)
        #expect(reply.header("Allow") == "POST, OPTIONS")
        #expect(reply.header("Access-Control-Allow-Origin") == "*")
        #expect(reply.header("Access-Control-Allow-Headers")?.contains("Authorization") == true)
        #expect(reply.response.body.isEmpty)
    }

    @Test func `an unknown path beside ours is 404 in JSON:API's form`() throws {
        let reply = try bench.ask("GET", "/v1/stripe-authorizations/1/x/y", as: nil)
        #expect(reply.status == 404)
        #expect(reply.response.contentType == StripeBench.mediaType)
        #expect(try bench.ask("GET", "/v2/x", as: nil).text == #"{"error":"Not found"}"#)
    }

    @Test func `a body that is too large is refused in JSON:API's form`() throws {
        let request = try Request.make("/v1/stripe-authorizations", method: "POST")
        let response = bench.router.refuse(.bodyTooLarge(limitBytes: 9), request)
        #expect(response.status == 413)
        #expect(response.contentType == StripeBench.mediaType)
    }
}
