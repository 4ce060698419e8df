import FastCGI
import Payments

extension StripeEndpoints {
    /// `GET /v1/stripe-authorizations/callback`: where Stripe sends the browser back (contract section 3.2). The state
    /// is spent before the code is; whatever comes after is told on a page with a way back.
    ///
    /// - Throws: `stateInvalid`. Stripe's text is shown with a good state only, so that nobody can make this page say
    ///   something with a link.
    @Sendable func callback(_ call: Call) throws(PaymentError) -> Response {
        guard let query = QueryString(call.request) else {
            throw PaymentError(.invalid, "The address cannot be read. Start the connection again.")
        }
        // A log-in that is over, or none, is no proof of another user: Stripe's page may have stayed open for long.
        let user = try? users.user(of: call.request)
        let finished = try authorizations.callback(
            state: query.single("state") ?? "", by: user, answer: StripeEndpoints.answer(query))
        let event = finished.result.event
        var response =
            switch finished.result.outcome {
            case .connected:
                StripeEndpoints.connectedPage(event).response(status: 200)
            case .denied(let reason):
                StripeEndpoints.failedPage(event, reason).response(status: 200)
            case .failed(let error):
                StripeEndpoints.failedPage(event, error.sentence).response(status: StripeEndpoints.status(of: error))
            }
        response.durableAt = finished.sequence
        response.note.subject = "event \(event)"
        return response
    }

    /// The longest code or text of Stripe's that is looked at.
    private static let maximumBytes = 500

    private static func answer(_ query: QueryString) -> StripeCallbackAnswer {
        if query.all("error").isEmpty, let code = query.single("code"), !code.isEmpty,
            code.utf8.count <= maximumBytes, code.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        {
            return .code(code)
        }
        let text = query.single("error_description") ?? query.single("error") ?? ""
        return .denied(text.isEmpty ? "Stripe gave no reason." : String(text.prefix(maximumBytes)))
    }

    private static func connectedPage(_ event: EventID) -> Page {
        Page(
            title: "Stripe is connected",
            content: """
                <p class="notice good" role="status">Ticket payments now go to your Stripe account.</p>
                <p><a class="button" href="\(pagePath(event))">Back to the event</a></p>
                """)
    }

    private static func failedPage(_ event: EventID, _ reason: String) -> Page {
        Page(
            title: "Stripe is not connected",
            content: """
                <p class="notice bad" role="alert">\(reason)</p>
                <p>Nothing was changed. You can try again.</p>
                <p><a class="button" href="\(pagePath(event))">Back to the event</a></p>
                """)
    }

    private static func status(of error: PaymentError) -> Int {
        PageError.response(to: error).status
    }
}
