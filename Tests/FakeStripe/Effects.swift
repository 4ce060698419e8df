import Glibc

/// What can be made to happen to one request, whatever it is.
enum Effect: Sendable {
    case closeBefore, closeAfter, silent, silentBefore, tooMany, failure, failureAfter, html
    case slow(milliseconds: Int)

    /// As `POST /_next` names it.
    init?(_ text: String) {
        switch text {
        case "close_before": self = .closeBefore
        case "close_after": self = .closeAfter
        case "silent": self = .silent
        case "silent_before": self = .silentBefore
        case "429": self = .tooMany
        case "500": self = .failure
        case "500_after": self = .failureAfter
        case "html": self = .html
        case let slow where slow.hasPrefix("slow_"):
            guard let milliseconds = Int(slow.dropFirst(5)), (0...600_000).contains(milliseconds) else { return nil }
            self = .slow(milliseconds: milliseconds)
        default: return nil
        }
    }
}

/// Effects that wait for their request.
struct Effects: Sendable {
    private var waiting: [(path: String, effect: Effect)] = []

    mutating func add(_ effect: Effect, path: String) {
        waiting.append((path, effect))
    }

    mutating func take(for path: String) -> Effect? {
        guard let index = waiting.firstIndex(where: { path.hasSuffix($0.path) }) else { return nil }
        return waiting.remove(at: index).effect
    }
}

extension FakeStripe {
    static func sleep(milliseconds: Int) {
        usleep(UInt32(milliseconds) * 1000)
    }
}

extension Reply {
    static var tooManyRequests: Reply {
        var reply = api(429, type: "invalid_request_error", code: "rate_limit", "Request rate limit exceeded.")
        reply.isKept = false
        return reply
    }

    static var internalError: Reply {
        api(500, type: "api_error", "An unknown error occurred.")
    }

    static var gatewayPage: Reply {
        Reply(502, text: "<html><body><h1>502 Bad Gateway</h1></body></html>", contentType: "text/html")
    }
}
