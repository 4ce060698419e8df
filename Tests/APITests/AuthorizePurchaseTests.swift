import FastCGI
import Payments
import Testing

@testable import API

@Suite struct AuthorizePurchaseTests {
    let bench = Bench()
    private let success = Answer(status: 200, body: #"{"message":"Transaction processed successfully"}"#)

    @Test func `the guide's request grants once, however often it is sent`() throws {
        for _ in 0..<5 { #expect(try bench.purchase(Sample.guide) == success) }
        #expect(try bench.holds("sword_123") == 1)
        #expect(try bench.holds("shield_1234") == 1)
    }

    @Test(arguments: [
        ("{}", "Missing key: 'transactionId'"),
        (#"{"items":[]}"#, "Missing key: 'transactionId'"),
        (#"{"transactionId":"t"}"#, "Missing key: 'items'"),
        (#"{"transactionId":"t","items":[{"quantity":1}]}"#, "Missing key: 'id'"),
        (#"{"transactionId":"t","items":[{"id":"a"}]}"#, "Missing key: 'quantity'"),
        (#"{"transactionId":"t","items":[]}"#, "items: must not be empty"),
        (#"{"transactionId":"t","items":{}}"#, "items: must be an array"),
        (#"{"transactionId":"t","items":[1]}"#, "items[0]: must be an object"),
        (#"{"transactionId":"t","items":[{"id":"a","quantity":0}]}"#, "items[0].quantity: must be greater than 0"),
        (
            #"{"transactionId":"t","items":[{"id":"a","quantity":-1}]}"#,
            "items[0].quantity: must be from 0 to 4294967295"
        ),
        (#"{"transactionId":"t","items":[{"id":"a","quantity":1.5}]}"#, "items[0].quantity: must be an integer"),
        (#"{"transactionId":"t","items":[{"id":"a","quantity":true}]}"#, "items[0].quantity: must be an integer"),
        (
            #"{"transactionId":"t","items":[{"id":"a","quantity":4294967296}]}"#,
            "items[0].quantity: must be from 0 to 4294967295"
        ),
        (#"{"transactionId":"t","items":[{"id":"a","quantity":1e99}]}"#, "items[0].quantity: must be an integer"),
        (
            #"{"transactionId":"t","items":[{"id":"a","quantity":1},{"id":"","quantity":1}]}"#,
            "items[1].id: is required"
        ),
        (#"{"transactionId":7,"items":[{"id":"a","quantity":1}]}"#, "transactionId: must be a string"),
        (#"{"transactionId":"","items":[{"id":"a","quantity":1}]}"#, "transactionId: is required"),
        (
            #"{"transactionId":"a\u0000b","items":[{"id":"a","quantity":1}]}"#,
            "transactionId: must not hold the character U+0000"
        ),
        (
            #"{"transactionId":"a\nb","items":[{"id":"a","quantity":1}]}"#,
            "transactionId: must not hold control characters"
        ),
    ])
    func `an unacceptable body is refused with the field's name`(body: String, error: String) throws {
        #expect(try bench.purchase(body) == Answer(status: 400, body: #"{"error":"\#(error)"}"#))
    }

    @Test(arguments: ["", "null", "[]", "1", "\"x\"", "{", #"{"a":1,"a":2}"#, "{\"a\":\"\u{1}\"}", "\u{FEFF}{}"])
    func `what is no JSON object is refused as the body`(body: String) throws {
        let answer = try bench.purchase(body)
        #expect(answer.status == 400)
        #expect(answer.body.hasPrefix(#"{"error":"body: "#))
    }

    @Test(arguments: [
        ("application/json", true), ("application/json; charset=utf-8", true), ("Application/JSON", true),
        ("application/vnd.api+json", true), ("text/plain", false), ("", false), ("application/jsonp", false),
        ("application/x-www-form-urlencoded", false),
    ])
    func `the content type must be JSON`(contentType: String, accepted: Bool) throws {
        let expected = accepted ? success : Answer(status: 400, body: #"{"error":"Request must be JSON"}"#)
        #expect(try bench.purchase(Sample.guide, contentType: contentType) == expected)
    }

    @Test func `the same transaction for another player or with other items is a conflict`() throws {
        _ = try bench.purchase(Sample.guide)
        #expect(try bench.purchase(Sample.guide, player: "p-2").status == 409)
        let other = try bench.purchase(#"{"transactionId":"abc123","items":[{"id":"sword_123","quantity":2}]}"#)
        #expect(other.status == 409)
        #expect(other.contains(#"{"error":"#))
        #expect(try bench.holds("sword_123") == 1)
        #expect(try bench.holds("sword_123", player: "p-2") == 0)
    }

    @Test func `players whose ids differ in normalisation only are two players`() throws {
        _ = try bench.purchase(Sample.guide, player: "caf%C3%A9")
        #expect(try bench.purchase(Sample.guide, player: "cafe%CC%81").status == 409)
        #expect(try bench.holds("sword_123", player: "caf\u{E9}") == 1)
        #expect(try bench.holds("sword_123", player: "cafe\u{301}") == 0)
    }

    @Test func `an encoded slash belongs to the player's id`() throws {
        #expect(try bench.purchase(Sample.guide, player: "a%2Fb") == success)
        #expect(try bench.holds("sword_123", player: "a/b") == 1)
    }

    @Test func `a player's id that is too long is refused`() throws {
        let answer = try bench.purchase(Sample.guide, player: String(repeating: "x", count: 256))
        #expect(answer == Answer(status: 400, body: #"{"error":"player_id: must not be longer than 255 bytes"}"#))
        #expect(try bench.purchase(Sample.guide, player: String(repeating: "x", count: 255)) == success)
    }

    @Test func `more than a hundred items are refused`() throws {
        func body(_ count: Int) -> String {
            let items = [String](repeating: #"{"id":"a","quantity":1}"#, count: count).joined(separator: ",")
            return #"{"transactionId":"t-\#(count)","items":[\#(items)]}"#
        }
        #expect(try bench.purchase(body(100)) == success)
        #expect(try bench.purchase(body(101)).status == 400)
        #expect(try bench.holds("a") == 100)
    }
}
