import Payments

/// What the operator does about the connections to Stripe: one method for each, in the file of its endpoint.
struct StripeOperations: Sendable {
    private let authorizations: StripeAuthorizations?

    /// - Parameter authorizations: nil where the configuration says nothing of Stripe; then every call says so.
    init(_ authorizations: StripeAuthorizations?) {
        self.authorizations = authorizations
    }

    var routes: [Route] {
        [
            .operatorGet("/operator/stripe/unknown", unknown),
            .operatorPost("/operator/stripe/settle", settle),
            .operatorPost("/operator/stripe/reseal", lane: .blocking, reseal),
            .operatorPost("/operator/stripe/retry", lane: .blocking, retry),
        ]
    }

    /// - Throws: `notFound` where Stripe is not configured.
    func connections() throws(PaymentError) -> StripeAuthorizations {
        guard let authorizations else {
            throw PaymentError(.notFound, "The configuration has no \"stripe\", so there is nothing to look after.")
        }
        return authorizations
    }
}
