import Crypto
import Foundation

/// Sends one signed event, as Stripe does (section 3.9), and tells what came back.
struct WebhookSender {
    private let request: FakeRequest
    private let object: Value?

    init(_ request: FakeRequest, object: Value?) {
        self.request = request
        self.object = object
    }

    func send() -> Reply {
        guard let url = request.field("url").flatMap({ URL(string: $0) }), url.scheme == "http",
            ["127.0.0.1", "localhost"].contains(url.host ?? ""), let secret = request.field("secret")
        else { return .refused(400, "url=http://127.0.0.1:PORT/PATH&secret=SECRET&type=TYPE") }
        let event = Array(event.text.utf8)
        let age = request.field("age").flatMap { Int($0) } ?? 0
        let header = WebhookSender.signature(event, secret: secret, time: Int(Date().timeIntervalSince1970) - age)
        let port = UInt16(exactly: url.port ?? 80) ?? 80
        do throws(SocketError) {
            let peer = try Peer.connect(port: port)
            defer { peer.finish() }
            let path = url.path.isEmpty ? "/" : url.path
            let head =
                "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nContent-Type: application/json\r\n"
                + "Stripe-Signature: \(header)\r\nContent-Length: \(event.count)\r\nConnection: close\r\n\r\n"
            peer.write(Array(head.utf8) + event)
            let answer = String(decoding: peer.readAll(), as: UTF8.self)
            let status = answer.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            return Reply(200, .object([("status", .number(status)), ("answer", .string(answer))]))
        } catch {
            return Reply(502, .object([("status", .number(0)), ("answer", .string(error.message))]))
        }
    }

    /// The value of `Stripe-Signature`.
    static func signature(_ body: [UInt8], secret: String, time: Int) -> String {
        let signed = Array("\(time).".utf8) + body
        let code = HMAC<SHA256>.authenticationCode(for: signed, using: SymmetricKey(data: Array(secret.utf8)))
        return "t=\(time),v1=" + code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private var event: Value {
        var members: [(String, Value)] = [
            ("id", .string(request.field("id") ?? "evt_\(UInt64.random(in: .min ... .max))")),
            ("object", .string("event")), ("type", .string(request.field("type") ?? "ping")),
        ]
        if let account = request.field("account") { members.append(("account", .string(account))) }
        members += [
            ("livemode", .boolean(request.field("livemode") == "true")),
            ("created", .number(Int(Date().timeIntervalSince1970))),
            ("data", .object([("object", request.field("object").map { .raw($0) } ?? object ?? .object([]))])),
        ]
        return .object(members)
    }
}
