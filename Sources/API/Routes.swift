import Payments

/// Every route there is. `docs/openapi.yaml` lists the public ones; a test compares the two.
package enum Routes {
    /// - Parameters:
    ///   - stripe: nil where the configuration says nothing of Stripe: its paths are unknown then.
    ///   - merchants: nil where it says nothing of merchants.
    package static func all(
        paths: RoutePaths = RoutePaths(), stash: StashEndpoints, stripe: StripeEndpoints?,
        merchants: MerchantEndpoints?,
        health: HealthEndpoint, operations: OperatorEndpoints, metrics: MetricsEndpoint
    ) -> [Route] {
        // The busiest first: they are looked at in this order.
        [
            .post(paths.purchase, .purchaseKey, .guide, stash.authorize),
            .post(
                paths.register, .stashSignature, .rpcStatus, stash.register,
                unsettled: { .init($0, all: .unspecified, message: Unsettled.message) }),
            .post(paths.confirm, .stashSignature, .rpcStatus, stash.confirm),
            .post(
                paths.cancel, .stashSignature, .rpcStatus, stash.cancel,
                unsettled: { _ in .init(status: .unspecified, message: Unsettled.message) }),

            .operatorGet("/healthz", health.alive),
            .operatorGet("/readyz", health.ready),
            .operatorPage("/metrics", metrics.page),
            .operatorGet("/operator/status", operations.status),
            .operatorPost("/operator/compact", lane: .blocking, operations.compact),
            .operatorPost("/operator/reload", lane: .blocking, operations.reload),
            .operatorPost("/operator/verified", operations.recordVerification),
        ] + (merchants?.routes ?? []) + (stripe?.routes ?? []) + StripeOperations(stripe?.authorizations).routes
    }

    private enum Unsettled {
        static let message = "The request could not be recorded. Repeat it."
    }
}

/// Where Stash calls; each path can be set in Stash Studio, so each can be set here.
package struct RoutePaths: Sendable {
    /// Its one parameter is the player's id.
    package var purchase: PathPattern = "/purchase/{player_id}"
    package var register: PathPattern = "/api/v1/purchase/register"
    package var confirm: PathPattern = "/api/v1/purchase/confirm"
    package var cancel: PathPattern = "/api/v1/purchase/cancel"

    package init() {}
}
