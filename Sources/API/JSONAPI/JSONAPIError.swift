import FastCGI
import JSON
import Payments

/// The domain's refusals as JSON:API 1.0's error objects (contract: Stripe authorization, section 2).
enum JSONAPIError {
    static func response(to error: PaymentError) -> Response {
        JSONAPIFault(error).response
    }

    static func response(status: Int, message: String) -> Response {
        let title =
            switch status {
            case 404: "Object not found"
            case 405: "Method not allowed"
            case 413: "Payload too large"
            default: "Bad request"
            }
        return JSONAPIFault(status, title: title, detail: message).response
    }

    static func object(of error: PaymentError) -> JSONAPIErrorObject {
        let (status, title): (Int, String) =
            switch error.code {
            case .unreadable: (400, "Bad request")
            case .invalid: (422, "Validation error")
            case .unauthenticated: (401, "Unauthorized")
            case .notFound: (404, "Object not found")
            case .conflict: (409, "Conflict")
            case .overloaded, .unavailable, .merchant: (503, "Service unavailable")
            case .connection(let fault): (status(of: fault), title(of: fault))
            }
        return JSONAPIErrorObject(
            status: status, source: source(of: error.code), title: title, detail: error.sentence)
    }

    static func status(of fault: ConnectionFault) -> Int {
        switch fault {
        case .forbiddenRole, .stripeDisabled, .platformNotConfigured, .stateInvalid: 403
        case .eventNotFound, .authorizationNotFound, .noAuthorizationOfEvent, .unknownIdentifier: 404
        case .alreadyExists, .exchangeInProgress, .outcomeUnknown: 409
        case .stripeRefused, .codeUsed, .modeMismatch, .eventFixed: 422
        case .unreachable, .unusableAnswer: 502
        case .tooManyAttempts: 503
        case .timedOut: 504
        }
    }

    private static func title(of fault: ConnectionFault) -> String {
        switch fault {
        case .forbiddenRole, .stripeDisabled, .platformNotConfigured, .stateInvalid: "Access Forbidden"
        case .eventNotFound: "Related object not found"
        case .authorizationNotFound, .noAuthorizationOfEvent, .unknownIdentifier: "Object not found"
        case .alreadyExists, .exchangeInProgress, .outcomeUnknown: "Conflict"
        case .stripeRefused, .codeUsed, .modeMismatch, .eventFixed: "Unprocessable Entity"
        case .unreachable, .unusableAnswer: "Bad Gateway"
        case .tooManyAttempts: "Service Unavailable"
        case .timedOut: "Gateway Timeout"
        }
    }

    /// The pointers are the original's, `/data/stripe_auth_code` included: its clients look for it there.
    private static func source(of code: PaymentError.Code) -> JSONAPIErrorObject.Source? {
        guard case .connection(let fault) = code else { return nil }
        switch fault {
        case .forbiddenRole: return .unnamed
        case .stripeDisabled, .platformNotConfigured, .authorizationNotFound: return .pointer("")
        case .alreadyExists, .exchangeInProgress, .eventFixed: return .pointer("/data/relationships/event")
        case .stripeRefused, .codeUsed, .modeMismatch, .outcomeUnknown: return .pointer("/data/stripe_auth_code")
        case .noAuthorizationOfEvent: return .parameter("event_id")
        case .unknownIdentifier: return .parameter("event_identifier")
        case .eventNotFound, .tooManyAttempts, .unreachable, .timedOut, .unusableAnswer, .stateInvalid: return nil
        }
    }
}
