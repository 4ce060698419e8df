import FastCGI
import Payments

extension StripeEndpoints {
    /// `GET /v1/events/{event}/stripe-authorization/page`: where an organiser begins, and comes back to.
    @Sendable func page(_ call: Call) throws(PaymentError) -> Response {
        let user = try call.requireUser()
        let directory = authorizations.events
        guard let event = directory.event(call.event), directory.access(of: user, to: event.id) != .none else {
            throw .forbiddenRole
        }
        let link = try authorizations.link(of: event.id)
        let mayConnect = directory.access(of: user, to: event.id) == .manage
        var response = Page(
            title: "Stripe payments for \(event.name)",
            content: StripeEndpoints.state(of: event, isLinked: link.result != nil, mayConnect: mayConnect)
        ).response(status: 200)
        response.durableAt = link.sequence
        response.note.subject = "event \(event.id)"
        return response
    }

    static func pagePath(_ event: EventID) -> String { "/v1/events/\(event)/stripe-authorization/page" }

    private static func state(of event: OrganizedEvent, isLinked: Bool, mayConnect: Bool) -> HTML {
        if isLinked {
            return """
                <p class="notice good" role="status"><strong>Connected.</strong> Ticket payments go to your Stripe \
                account.</p>
                """
        }
        if !event.canPayByStripe {
            return #"<p class="notice" role="status">This event does not take payments by Stripe.</p>"#
        }
        if !mayConnect {
            return #"<p class="notice" role="status">Not connected yet. The owner or an organizer can do that.</p>"#
        }
        return """
            <p class="notice" role="status"><strong>Not connected yet.</strong></p>
            <p>Buyers can pay by card once this event is connected to your account at Stripe. You will log in at \
            Stripe, and then come back here.</p>
            <p><a class="button" href="/v1/events/\(event.id)/stripe-authorization/connect">Connect with Stripe</a></p>
            """
    }
}
