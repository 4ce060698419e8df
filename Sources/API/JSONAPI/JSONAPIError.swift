import FastCGI
import JSON
import Payments

/// JSON:API 1.0's `errors` (https://jsonapi.org/format/1.0/#errors).
enum JSONAPIError {
    static let mediaType = "application/vnd.api+json"

    static func response(to error: PaymentError) -> Response {
        let (status, title): (Int, StaticString) =
            switch error.code {
            case .unreadable: (400, "Bad request")
            case .invalid: (422, "Validation error")
            case .unauthenticated: (401, "Unauthorized")
            case .notFound: (404, "Object not found")
            case .conflict: (409, "Conflict")
            case .overloaded, .unavailable, .merchant: (503, "Service unavailable")
            case .connection(let fault): status(of: fault)
            }
        return response(status, "\(title)", error.sentence)
    }

    private static func status(of fault: ConnectionFault) -> (Int, StaticString) {
        switch fault {
        case .forbiddenRole, .stripeDisabled, .platformNotConfigured, .eventFixed, .stateInvalid:
            (403, "Access Forbidden")
        case .alreadyExists, .exchangeInProgress, .outcomeUnknown: (409, "Conflict")
        case .eventNotFound: (404, "Related object not found")
        case .authorizationNotFound, .noAuthorizationOfEvent, .unknownIdentifier: (404, "Object not found")
        case .stripeRefused, .codeUsed, .modeMismatch: (422, "Unprocessable Entity")
        case .tooManyAttempts: (503, "Service unavailable")
        case .unreachable, .unusableAnswer: (502, "Bad gateway")
        case .timedOut: (504, "Gateway timeout")
        }
    }

    static func response(status: Int, message: String) -> Response {
        let title =
            switch status {
            case 404: "Object not found"
            case 405: "Method not allowed"
            case 413: "Payload too large"
            default: "Bad request"
            }
        return response(status, title, message)
    }

    private static func response(_ status: Int, _ title: String, _ detail: String) -> Response {
        var writer = JSONWriter(reserving: 128 + detail.utf8.count)
        writer.beginObject()
        writer.name("errors")
        writer.beginArray()
        writer.beginObject()
        writer.member("status", "\(status)")
        writer.member("title", title)
        writer.member("detail", detail)
        writer.endObject()
        writer.endArray()
        writer.name("jsonapi")
        writer.beginObject()
        writer.member("version", "1.0")
        writer.endObject()
        writer.endObject()
        return Response(status: status, contentType: mediaType, body: writer.bytes)
    }
}
