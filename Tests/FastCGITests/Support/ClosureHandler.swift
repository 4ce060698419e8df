@testable import FastCGI

/// A handler of one closure. It refuses with the reason's name as body.
struct ClosureHandler: RequestHandler {
    var respond: @Sendable (Request) -> Outcome
    var sent: @Sendable () -> Void = {}

    func handle(_ request: Request) -> Outcome {
        respond(request)
    }

    func refuse(_ reason: Refusal, _ request: Request?) -> Response {
        let text = Array("\(reason)".utf8)
        return switch reason {
        case .overloaded: Response(status: 503, headers: [("Retry-After", "1")], body: text)
        case .bodyTooLarge: Response(status: 413, body: text)
        case .shortBody, .badRequest: Response(status: 400, body: text)
        case .storageFailed: Response(status: 503, body: text)
        }
    }

    func didSend(_ response: Response, durationNanoseconds: UInt64) {
        sent()
    }

    /// Answers with method, segments, query and body of the request.
    static let echo = ClosureHandler { .response(echo($0)) }

    static func echo(_ request: Request, durableAt: UInt64 = 0) -> Response {
        let path = request.pathSegments.joined(separator: "|")
        let text = "\(request.method) \(path) \(request.query) \(String(decoding: request.body, as: UTF8.self))"
        return Response(status: 200, body: Array(text.utf8), durableAt: durableAt)
    }
}
