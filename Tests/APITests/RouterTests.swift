import FastCGI
import Payments
import Testing

@testable import API

@Suite struct RouterTests {
    let bench = Bench()

    @Test(arguments: ["/", "/purchase", "/purchase/a/b", "/api/v1/purchase", "/api/v1/purchase/confirm/x", "/healthz"])
    func `an unknown path is 404 in JSON`(path: String) throws {
        #expect(bench.send(try .make(path)) == Answer(status: 404, body: #"{"error":"Not found"}"#))
    }

    @Test(arguments: ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"])
    func `a known path with another method is 405 with Allow`(method: String) throws {
        guard case .response(let response) = bench.router.handle(try .make("/purchase/p", method: method)) else {
            Issue.record("not answered at once")
            return
        }
        #expect(response.status == 405)
        #expect(response.headers.contains { $0 == ("Allow", "POST") })
    }

    @Test func `the operator's routes are on the operator's socket only`() throws {
        let health = try Request.make("/healthz", method: "GET", listener: .admin)
        #expect(bench.send(health) == Answer(status: 200, body: #"{"status":"alive"}"#))
        #expect(bench.send(try .make("/readyz", method: "GET", listener: .admin)).status == 200)
        #expect(bench.send(try .make("/purchase/p", listener: .admin)).status == 404)
    }

    @Test func `an answer notes its route, key and transaction, and waits for the journal`() throws {
        let request = try Request.make(
            "/purchase/p-1", Array(Sample.guide.utf8), headers: [("HTTP_X_API_KEY", "cad1")])
        guard case .response(let first) = bench.router.handle(request),
            case .response(let second) = bench.router.handle(request)
        else {
            Issue.record("not answered at once")
            return
        }
        let note = ResponseNote(
            route: "/purchase/{player_id}", keyName: "guide", scheme: "api-key", subject: "abc123", decision: "granted")
        #expect(first.note == note)
        #expect(second.note.decision == "repeated")
        #expect(first.durableAt == 1)
        #expect(second.durableAt == 1, "a repetition must not leave before the first is durable")
    }

    @Test func `a refusal that read what is not durable yet waits for it`() throws {
        _ = try bench.purchase(Sample.guide)
        let request = try Request.make(
            "/purchase/p-2", Array(Sample.guide.utf8), headers: [("HTTP_X_API_KEY", "cad1")])
        guard case .response(let response) = bench.router.handle(request) else {
            Issue.record("not answered at once")
            return
        }
        #expect(response.status == 409)
        #expect(response.durableAt == 1)
        #expect(response.note.subject == "abc123")
    }

    @Test func `an overloaded server says so in the route's own form, with Retry-After`() throws {
        let confirm = bench.router.refuse(.overloaded, try .make("/api/v1/purchase/confirm"))
        #expect(Answer(confirm).body.hasPrefix(#"{"code":14,"#))
        #expect(confirm.status == 503)
        #expect(confirm.headers.contains { $0 == ("Retry-After", "1") })
        #expect(Answer(bench.router.refuse(.bodyTooLarge(limitBytes: 9), try .make("/purchase/p"))).status == 413)
        #expect(Answer(bench.router.refuse(.badRequest("x"), nil)) == Answer(status: 400, body: #"{"error":"x"}"#))
    }
}
