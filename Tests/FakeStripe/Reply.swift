/// What the fake does with a request.
struct Reply: Sendable {
    enum Delivery: Sendable {
        case send
        /// The first half, then the connection ends.
        case half
        /// The connection ends without a byte.
        case close
        /// Nothing, until the caller gives up.
        case silence
    }

    var status: Int
    var contentType = "application/json"
    var headers: [(String, String)] = []
    var body: [UInt8]
    var delivery = Delivery.send
    var delayMilliseconds = 0
    /// Whether an idempotency key keeps this answer (section 4.5).
    var isKept = true

    init(_ status: Int, _ value: Value) {
        self.init(status, text: value.text)
    }

    init(_ status: Int, text: String, contentType: String = "application/json") {
        self.status = status
        self.contentType = contentType
        body = Array(text.utf8)
    }

    /// An error of OAuth's form.
    static func oauth(_ status: Int, _ code: String, _ description: String?) -> Reply {
        var members: [(String, Value)] = [("error", .string(code))]
        if let description { members.append(("error_description", .string(description))) }
        return Reply(status, .object(members))
    }

    /// An error of the API's form.
    static func api(_ status: Int, type: String, code: String? = nil, _ message: String) -> Reply {
        var members: [(String, Value)] = [("message", .string(message)), ("type", .string(type))]
        if let code { members.append(("code", .string(code))) }
        return Reply(status, .object([("error", .object(members))]))
    }

    /// As `api` for a request that was not carried out: its key may be used again.
    static func refused(_ status: Int, code: String? = nil, _ message: String) -> Reply {
        var reply = api(status, type: "invalid_request_error", code: code, message)
        reply.isKept = false
        return reply
    }

    func delivered(_ delivery: Delivery) -> Reply {
        var reply = self
        reply.delivery = delivery
        return reply
    }

    func delayed(milliseconds: Int) -> Reply {
        var reply = self
        reply.delayMilliseconds += milliseconds
        return reply
    }

    var bytes: [UInt8] {
        var head = "HTTP/1.1 \(status) \(Reply.phrase(status))\r\nContent-Type: \(contentType)\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        head += "Content-Length: \(body.count)\r\nConnection: close\r\n\r\n"
        return Array(head.utf8) + body
    }

    private static func phrase(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 303: "See Other"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 402: "Payment Required"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 409: "Conflict"
        case 429: "Too Many Requests"
        case 502: "Bad Gateway"
        default: "Status"
        }
    }
}
