package import FastCGI
import JSON
package import Payments

/// How a group of routes says that something went wrong. The only map from the domain's codes to HTTP.
package enum ErrorFamily: Sendable {
    /// `{"error": …}`, as the guide's program answers.
    case guide
    /// google.rpc.Status: `{"code", "message", "details"}`, where `code` is a google.rpc.Code.
    case rpcStatus
    /// `{"error_code", "error_description"}`, as MobiLab's service answers its merchants.
    case merchant
    /// JSON:API's `errors`, as Open Event answers.
    case jsonAPI
    /// HTML, for a person in a browser.
    case page

    package func response(to error: PaymentError) -> Response {
        var response =
            switch self {
            case .guide: GuideError.response(status: RPCStatus.status(of: error.code).http, message: error.sentence)
            case .rpcStatus: RPCStatus.response(to: error)
            case .merchant: MerchantError.response(to: error)
            case .jsonAPI: JSONAPIError.response(to: error)
            case .page: PageError.response(to: error)
            }
        response.durableAt = error.sequence
        response.note.subject = error.subject
        response.note.reason = error.reason?.description
        if response.status == 503, !response.headers.contains(where: { $0.name == "Retry-After" }) {
            response.headers.append(("Retry-After", "1"))
        }
        return response
    }

    /// What a caller is told whom `Authentication` does not know.
    package func response(toUnknownCaller error: PaymentError, of request: Request) -> Response {
        switch self {
        case .guide, .rpcStatus, .merchant: response(to: error)
        case .jsonAPI: UserTokenError.response(to: error)
        case .page: request.prefersPages ? response(to: error) : UserTokenError.response(to: error)
        }
    }

    /// What every answer of the family carries, refusals included.
    func completed(_ response: consuming Response, for request: Request) -> Response {
        switch self {
        case .guide, .rpcStatus, .merchant: return response
        case .jsonAPI: response.headers += CrossOrigin.headers
        case .page: response.headers += Page.headers
        }
        if request.method == "HEAD" { response.isBodyWithheld = true }
        return response
    }

    /// What the server itself refuses, before or instead of a route.
    package func response(to refusal: Refusal) -> Response {
        switch refusal {
        case .overloaded:
            response(to: PaymentError(.overloaded, "Too many requests are waiting. Try again."))
        case .storageFailed:
            response(to: PaymentError(.unavailable, "The request could not be recorded. Repeat it."))
        case .bodyTooLarge(let limit):
            response(status: 413, message: "body: must not be larger than \(limit) bytes")
        case .shortBody:
            response(status: 400, message: "body: is shorter than its Content-Length")
        case .badRequest(let sentence):
            response(status: 400, message: sentence)
        }
    }

    /// What the caller of a known path with another method is told.
    func sentence(refusing method: String, allowed: [String]) -> String {
        switch self {
        case .guide, .rpcStatus, .jsonAPI, .page: "Method not allowed; use \(allowed.first ?? "another")"
        case .merchant: "Used method: ['\(method)'] Supported methods: '[\(allowed.joined(separator: ", "))]'"
        }
    }

    /// An answer that came from no domain error: routing, limits, overload.
    package func response(status: Int, message: String) -> Response {
        switch self {
        case .guide: GuideError.response(status: status, message: message)
        case .rpcStatus: RPCStatus.response(status: status, message: message)
        case .merchant: MerchantError.response(status: status, message: message)
        case .jsonAPI: JSONAPIError.response(status: status, message: message)
        case .page: PageError.response(status: status, message: message)
        }
    }
}

/// `{"error": …}`.
enum GuideError {
    static func response(status: Int, message: String) -> Response {
        var writer = JSONWriter(reserving: 32 + message.utf8.count)
        writer.beginObject()
        writer.member("error", message)
        writer.endObject()
        return Response(status: status, body: writer.bytes)
    }
}

/// google.rpc.Status (google/rpc/status.proto) and the values of google.rpc.Code that we answer.
enum RPCStatus {
    static let invalidArgument: Int64 = 3
    static let notFound: Int64 = 5
    static let failedPrecondition: Int64 = 9
    static let unimplemented: Int64 = 12
    static let unavailable: Int64 = 14
    static let unauthenticated: Int64 = 16

    static func response(to error: PaymentError) -> Response {
        let status = status(of: error.code)
        return response(status.http, status.rpc, error.sentence)
    }

    static func response(status: Int, message: String) -> Response {
        let code =
            switch status {
            case 404: notFound
            case 405: unimplemented
            default: invalidArgument
            }
        return response(status, code, message)
    }

    private static func response(_ status: Int, _ code: Int64, _ message: String) -> Response {
        var writer = JSONWriter(reserving: 64 + message.utf8.count)
        writer.beginObject()
        writer.member("code", code)
        writer.member("message", message)
        writer.name("details")
        writer.beginArray()
        writer.endArray()
        writer.endObject()
        return Response(status: status, body: writer.bytes)
    }

    static func status(of code: PaymentError.Code) -> (http: Int, rpc: Int64) {
        switch code {
        case .unreadable, .invalid: (400, invalidArgument)
        case .unauthenticated: (401, unauthenticated)
        case .notFound: (404, notFound)
        case .conflict: (409, failedPrecondition)
        case .overloaded, .unavailable: (503, unavailable)
        // Thrown by routes of the other two families only.
        case .merchant, .connection: (400, failedPrecondition)
        }
    }
}
