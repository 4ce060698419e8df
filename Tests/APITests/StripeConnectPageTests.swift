import Crypto
import FastCGI
import Foundation
import Payments
import Synchronization
import Testing

@testable import API

/// The browser's way: the page with the button, Stripe, and back.
@Suite struct StripeConnectPageTests {
    private static let callback = "/v1/stripe-authorizations/callback"

    /// Begins a connection and gives the state Stripe is handed.
    private func begin(_ bench: StripeBench, event: String = "1", as person: Person = .owner) throws -> String {
        let reply = try bench.ask("GET", "/v1/events/\(event)/stripe-authorization/connect", as: person)
        #expect(reply.status == 302)
        let location = try #require(reply.header("Location"))
        return try #require(URLComponents(string: location)?.queryItems?.first { $0.name == "state" }?.value)
    }

    private func finish(
        _ bench: StripeBench, _ query: String, as person: Person? = nil, headers: [(String, String)] = []
    ) throws -> Reply {
        try bench.ask("GET", "\(StripeConnectPageTests.callback)?\(query)", as: person, headers: headers)
    }

    private func expectPage(_ reply: Reply, _ place: SourceLocation = #_sourceLocation) {
        #expect(reply.response.contentType == "text/html; charset=utf-8", sourceLocation: place)
        let policy = reply.header("Content-Security-Policy") ?? ""
        for part in [
            "default-src 'none'", "style-src 'sha256-", "frame-ancestors 'none'", "base-uri 'none'",
            "form-action 'none'",
        ] {
            #expect(policy.contains(part), sourceLocation: place)
        }
        #expect(reply.header("X-Content-Type-Options") == "nosniff", sourceLocation: place)
        #expect(reply.header("X-Frame-Options") == "DENY", sourceLocation: place)
        #expect(reply.header("Referrer-Policy") == "no-referrer", sourceLocation: place)
        #expect(reply.header("Cache-Control") == "no-store", sourceLocation: place)
        #expect(!reply.text.contains("<script"), sourceLocation: place)
    }

    @Test func `connect sends the browser to Stripe with all that Stripe wants`() throws {
        let bench = StripeBench(publicURL: "https://pay.example")
        let reply = try bench.ask("GET", "/v1/events/ev000001x/stripe-authorization/connect")
        #expect(reply.status == 302)
        let location = try #require(reply.header("Location"))
        let url = try #require(URLComponents(string: location))
        #expect(url.host == "connect.stripe.example")
        #expect(url.path == "/oauth/authorize")
        let items = try #require(url.queryItems)
        let values = Dictionary(uniqueKeysWithValues: items.map { ($0.name, $0.value ?? "") })
        #expect(values["client_id"] == "ca_demo")
        #expect(values["response_type"] == "code")
        #expect(values["scope"] == "read_write")
        #expect(values["redirect_uri"] == "https://pay.example/v1/stripe-authorizations/callback")
        #expect((values["state"] ?? "").utf8.count >= 22)
        #expect(values.count == 5)
        #expect(reply.header("Cache-Control") == "no-store")
        #expect(reply.response.body.isEmpty)
    }

    @Test func `a browser with the cookie goes all the way`() throws {
        let bench = StripeBench()
        let cookie = [("HTTP_COOKIE", "access_token_cookie=\(bench.token(of: .organizer))")]
        let start = try bench.ask("GET", "/v1/events/1/stripe-authorization/page", as: nil, headers: cookie)
        #expect(start.status == 200)
        expectPage(start)
        #expect(start.text.contains(#"href="/v1/events/1/stripe-authorization/connect""#))
        let connect = try bench.ask("GET", "/v1/events/1/stripe-authorization/connect", as: nil, headers: cookie)
        let state = try #require(
            URLComponents(string: connect.header("Location") ?? "")?.queryItems?.first { $0.name == "state" }?.value)
        let end = try finish(bench, "code=ac_WEB&scope=read_write&state=\(state)", headers: cookie)
        #expect(end.status == 200)
        expectPage(end)
        #expect(end.text.contains("Stripe is connected"))
        #expect(end.text.contains(#"href="/v1/events/1/stripe-authorization/page""#))
        #expect(bench.connect.codes == ["ac_WEB"])
        let after = try bench.ask("GET", "/v1/events/1/stripe-authorization/page", as: nil, headers: cookie)
        #expect(after.text.contains("Connected."))
        #expect(!after.text.contains("/connect\""))
    }

    @Test func `a state is good once`() throws {
        let bench = StripeBench()
        let state = try begin(bench)
        #expect(try finish(bench, "code=ac_ONE&state=\(state)").status == 200)
        let again = try finish(bench, "code=ac_TWO&state=\(state)")
        #expect(again.status == 403)
        expectPage(again)
        #expect(bench.connect.codes == ["ac_ONE"])
    }

    @Test func `a state is spent before the exchange, also when that fails`() throws {
        let bench = StripeBench(connect: FakeConnect(.refused("Authorization code expired")))
        let state = try begin(bench)
        let failed = try finish(bench, "code=ac_OLD&state=\(state)")
        #expect(failed.status == 422)
        #expect(failed.text.contains("Authorization code expired"))
        #expect(failed.text.contains(#"href="/v1/events/1/stripe-authorization/page""#))
        #expect(try finish(bench, "code=ac_NEW&state=\(state)").status == 403)
        #expect(bench.connect.codes == ["ac_OLD"])
    }

    @Test(arguments: [
        "code=ac_X", "code=ac_X&state=", "code=ac_X&state=unknown", "code=ac_X&state=a&state=b", "",
        "state=%zz&code=ac_X",
        "error=access_denied&error_description=Call+555",
    ])
    func `a state that is none spends no code and shows no text of the address`(_ query: String) throws {
        let bench = StripeBench()
        let reply = try finish(bench, query)
        #expect([400, 403].contains(reply.status))
        expectPage(reply)
        #expect(!reply.text.contains("Call 555"))
        #expect(bench.connect.codes.isEmpty)
    }

    @Test func `a state is of one user, where the browser tells who it is`() throws {
        let bench = StripeBench()
        let state = try begin(bench)
        let cookie = [("HTTP_COOKIE", "access_token_cookie=\(bench.token(of: .organizer))")]
        #expect(try finish(bench, "code=ac_X&state=\(state)", headers: cookie).status == 403)
        #expect(bench.connect.codes.isEmpty)
    }

    @Test func `a state is good for ten minutes`() throws {
        let now = Mutex(Sample.now)
        let bench = StripeBench(clock: Clock { now.withLock { $0 } })
        let state = try begin(bench)
        let late = try begin(bench)
        now.withLock { $0 += 599_000 }
        #expect(try finish(bench, "code=ac_X&state=\(state)").status == 200)
        now.withLock { $0 += 2_000 }
        #expect(try finish(bench, "code=ac_Y&state=\(late)").status == 403)
        #expect(bench.connect.codes == ["ac_X"])
    }

    @Test func `Stripe's reason is shown, escaped and short`() throws {
        let bench = StripeBench()
        let state = try begin(bench)
        let evil = "%3Cscript%3Ealert(1)%3C/script%3E%22%27%26%E2%80%AEtxt" + String(repeating: "x", count: 600)
        let reply = try finish(bench, "error=access_denied&error_description=\(evil)&state=\(state)")
        #expect(reply.status == 200)
        expectPage(reply)
        #expect(reply.text.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;\u{FFFD}txt"))
        #expect(!reply.text.contains(String(repeating: "x", count: 501)))
        #expect(bench.connect.codes.isEmpty)
        let bare = try begin(bench)
        #expect(try finish(bench, "error=access_denied&state=\(bare)").text.contains("access_denied"))
    }

    @Test func `an error beside a code spends no code`() throws {
        let bench = StripeBench()
        let state = try begin(bench)
        #expect(try finish(bench, "error=x&code=ac_X&state=\(state)").text.contains("not connected"))
        #expect(bench.connect.codes.isEmpty)
    }

    @Test(arguments: [(Person.stranger, "1", 403), (.coorganizer, "1", 403), (.owner, "5", 403), (.admin, "nope", 404)])
    func `who may not connect is told so on a page`(_ person: Person, _ event: String, _ status: Int) throws {
        let bench = StripeBench()
        let reply = try bench.ask("GET", "/v1/events/\(event)/stripe-authorization/connect", as: person)
        #expect(reply.status == status)
        expectPage(reply)
    }

    @Test func `the page shows who may not connect no button`() throws {
        let bench = StripeBench()
        let reply = try bench.ask("GET", "/v1/events/1/stripe-authorization/page", as: .coorganizer)
        #expect(reply.status == 200)
        #expect(!reply.text.contains("class=\"button\""))
        #expect(try bench.ask("GET", "/v1/events/1/stripe-authorization/page", as: .stranger).status == 403)
    }

    @Test func `an event's name is escaped`() throws {
        let events = StripeBench.events.replacing(#""name":"example""#, with: #""name":"<b>&\"x\"</b>""#)
        let reply = try StripeBench(events: events).ask("GET", "/v1/events/1/stripe-authorization/page")
        #expect(reply.text.contains("&lt;b&gt;&amp;&quot;x&quot;&lt;/b&gt;"))
        #expect(!reply.text.contains("<b>"))
    }

    @Test func `a browser that is not logged in gets a page, a program gets JSON`() throws {
        let bench = StripeBench()
        let path = "/v1/events/1/stripe-authorization/page"
        let page = try bench.ask("GET", path, as: nil, headers: [("HTTP_ACCEPT", "text/html,*/*;q=0.8")])
        #expect(page.status == 401)
        expectPage(page)
        let json = try bench.ask("GET", path, as: nil)
        #expect(json.status == 401)
        #expect(json.response.contentType == "application/json")
    }

    @Test func `looking where a link leads spends nothing`() throws {
        let bench = StripeBench()
        let state = try begin(bench)
        let head = try bench.ask("HEAD", "\(StripeConnectPageTests.callback)?code=ac_X&state=\(state)", as: nil)
        #expect(head.status != 200)
        #expect(try bench.ask("HEAD", "/v1/events/1/stripe-authorization/connect").status == 405)
        #expect(bench.connect.codes.isEmpty)
        #expect(try finish(bench, "code=ac_X&state=\(state)").status == 200)
    }

    @Test func `the policy's hash is that of the page's style`() throws {
        let reply = try StripeBench().ask("GET", "/v1/events/1/stripe-authorization/page")
        let style = try #require(reply.text.firstMatch(of: /<style>([^<]*)<\/style>/)?.output.1)
        let hash = Data(SHA256.hash(data: Array(style.utf8))).base64EncodedString()
        #expect(reply.header("Content-Security-Policy")?.contains("'sha256-\(hash)'") == true)
    }
}
