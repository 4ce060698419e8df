package import FastCGI
import JSON
package import Payments

/// How a group of routes says that something went wrong. The only map from the domain's codes to HTTP.
package enum ErrorFamily: Sendable {
    /// `{"error": …}`, as the guide's program answers.
    case guide
    /// google.rpc.Status: `{"code", "message", "details"}`, where `code` is a google.rpc.Code.
    case rpcStatus

    package func response(to error: PaymentError) -> Response {
        let status = ErrorFamily.status(of: error.code)
        var response = response(status: status.http, rpcCode: status.rpc, message: error.sentence)
        response.durableAt = error.sequence
        response.note.subject = error.subject
        response.note.reason = error.reason?.description
        if status.http == 503 { response.headers.append(("Retry-After", "1")) }
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
            response(
                status: 413, rpcCode: RPCCode.invalidArgument, message: "body: must not be larger than \(limit) bytes")
        case .shortBody:
            response(
                status: 400, rpcCode: RPCCode.invalidArgument, message: "body: is shorter than its Content-Length")
        case .badRequest(let sentence):
            response(status: 400, rpcCode: RPCCode.invalidArgument, message: sentence)
        }
    }

    /// An answer that came from no domain error: routing, limits, overload.
    package func response(status: Int, rpcCode: Int64, message: String) -> Response {
        var writer = JSONWriter(reserving: 64 + message.utf8.count)
        writer.beginObject()
        switch self {
        case .guide:
            writer.member("error", message)
        case .rpcStatus:
            writer.member("code", rpcCode)
            writer.member("message", message)
            writer.name("details")
            writer.beginArray()
            writer.endArray()
        }
        writer.endObject()
        return Response(status: status, body: writer.bytes)
    }

    private static func status(of code: PaymentError.Code) -> (http: Int, rpc: Int64) {
        switch code {
        case .unreadable, .invalid: (400, RPCCode.invalidArgument)
        case .unauthenticated: (401, RPCCode.unauthenticated)
        case .notFound: (404, RPCCode.notFound)
        case .conflict: (409, RPCCode.failedPrecondition)
        case .overloaded, .unavailable: (503, RPCCode.unavailable)
        }
    }
}

/// The values of google.rpc.Code that we answer (google/rpc/code.proto).
package enum RPCCode {
    package static let invalidArgument: Int64 = 3
    package static let notFound: Int64 = 5
    package static let failedPrecondition: Int64 = 9
    package static let unimplemented: Int64 = 12
    package static let unavailable: Int64 = 14
    package static let unauthenticated: Int64 = 16
}
