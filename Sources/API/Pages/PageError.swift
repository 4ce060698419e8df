import FastCGI
import Payments

/// A refusal as a person reads it.
enum PageError {
    static func response(to error: PaymentError) -> Response {
        let status =
            switch error.code {
            case .connection(let fault): JSONAPIError.status(of: fault)
            case .unreadable, .invalid, .unauthenticated, .conflict, .notFound, .overloaded, .unavailable, .merchant:
                RPCStatus.status(of: error.code).http
            }
        return response(status: status, message: error.sentence)
    }

    static func response(status: Int, message: String) -> Response {
        Page(title: title(status), content: #"<p class="notice bad" role="alert">\#(message)</p>"#)
            .response(status: status)
    }

    private static func title(_ status: Int) -> String {
        switch status {
        case 401: "Please log in"
        case 403: "This is not possible"
        case 404: "There is nothing here"
        case 503: "Please try again"
        default: "Something went wrong"
        }
    }
}
