package import Payments

/// What the routes of Stripe authorizations run: one method for each, in the file of its endpoint.
package struct StripeEndpoints: Sendable {
    let authorizations: StripeAuthorizations
    /// Who is logged in, where a route does not insist on it.
    package let users: UserTokens
    let origin: PublicOrigin
    /// Where browsers are sent to connect: `https://connect.stripe.com`.
    let connectURL: String
    let webhooks: StripeWebhooks

    package init(
        authorizations: StripeAuthorizations, users: UserTokens, origin: PublicOrigin, connectURL: String,
        webhooks: StripeWebhooks
    ) {
        self.authorizations = authorizations
        self.users = users
        self.origin = origin
        self.connectURL = connectURL
        self.webhooks = webhooks
    }

    /// In the order they are looked for: literal paths above those with a parameter in their place.
    var routes: [Route] {
        [
            .page(StripeEndpoints.callbackPath, .none, lane: .blocking, answersHead: false, callback),
            .jsonAPI("POST", "/v1/stripe-authorizations", .user, lane: .blocking, create),
            .jsonAPI("GET", "/v1/stripe-authorizations/{id}", .user, read),
            .jsonAPI("PATCH", "/v1/stripe-authorizations/{id}", .user, lane: .blocking, update),
            .jsonAPI("DELETE", "/v1/stripe-authorizations/{id}", .user, lane: .blocking, delete),
            .jsonAPI("GET", "/v1/stripe-authorizations/{id}/relationships/event", .user, readEventLinkage),
            .jsonAPI("GET", "/v1/stripe-authorizations/{id}/event", .user, readEventOfAuthorization),

            .jsonAPI("GET", "/v1/events/{event}", .none, readEvent),
            .jsonAPI(
                "GET", "/v1/events/{event}/relationships/stripe-authorization", .none, readAuthorizationLinkage),
            .jsonAPI("GET", "/v1/events/{event}/stripe-authorization", .user, readByEvent),
            .jsonAPI("PATCH", "/v1/events/{event}/stripe-authorization", .user, lane: .blocking, updateByEvent),
            .jsonAPI("DELETE", "/v1/events/{event}/stripe-authorization", .user, lane: .blocking, deleteByEvent),
            .page("/v1/events/{event}/stripe-authorization/page", .user, answersHead: true, page),
            .page("/v1/events/{event}/stripe-authorization/connect", .user, answersHead: false, connect),

            webhooks.route,
        ]
    }
}

extension Call {
    /// The value of the path's parameter; these routes have one at most.
    var pathParameter: String { parameters.first ?? "" }

    /// Which event the path names, by number or identifier.
    var event: EventReference { EventReference(pathParameter) }

    /// Which authorization the path names.
    ///
    /// - Throws: E5, also for what is no number at all (E6).
    func authorization() throws(JSONAPIFault) -> StripeAuthorizationReference {
        guard let id = StripeAuthorizationID(text: pathParameter) else {
            throw JSONAPIFault(404, .pointer(""), title: "Object not found", detail: "Object Not Found")
        }
        return .id(id)
    }

    func user() throws(JSONAPIFault) -> UserID {
        try JSONAPIFault.translating { () throws(PaymentError) in try requireUser() }
    }
}
