import FastCGI
import JSON
import Payments

/// What Open Event says to whom it cannot tell who they are: `{"error": …}`, not JSON:API (contract: Stripe
/// authorization, section 1.5).
enum UserTokenError {
    static func response(to error: PaymentError) -> Response {
        var response = GuideError.response(status: error.code == .invalid ? 422 : 401, message: error.sentence)
        response.note.reason = error.message
        return response
    }
}

extension Request {
    /// Whether a browser asks, which wants something to read.
    var prefersPages: Bool {
        header("HTTP_ACCEPT")?.contains("text/html") == true
    }
}
